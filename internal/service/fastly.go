package service

import (
	"context"
	"strings"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts"
)

// FastlyFailure adds to an error of reading usage what to do about it.
func FastlyFailure(err error) error {
	f := alerts.FailureOf(err)
	if f.Kind == nil {
		return err
	}
	return &Failure{err.Error(), ForTerminal(f.Operator), err}
}

// ForTerminal is a sentence as a line among those of other programs: without a full stop, with code in quotes, and in lower case unless it
// begins with a name.
func ForTerminal(sentence string) string {
	sentence = strings.TrimSuffix(strings.ReplaceAll(sentence, "`", `"`), ".")
	first, _, _ := strings.Cut(sentence, " ")
	_, notMonth := time.Parse("January", first)
	if strings.ToUpper(first) == first || first == "Fastly" || notMonth == nil {
		return sentence
	}
	return strings.ToLower(sentence[:1]) + sentence[1:]
}

// TokenSoon is how long before its end a token is warned about.
const TokenSoon = 14 * 24 * time.Hour

// warnOfToken logs what is unwise about the Fastly token. If the token cannot be read, it logs no warning.
func (s *Service) warnOfToken(ctx context.Context) {
	log := s.log.Named("fastly")
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	token, err := s.Sources.Fastly.TokenSelf(ctx)
	if err != nil {
		log.Debug("token not checked", zap.Error(err))
		return
	}
	if token.CanWrite() {
		log.Warn("the Fastly token can change things; global:read is all that is needed", zap.Strings("scopes", token.Scopes))
	}
	if token.ExpiresWithin(TokenSoon, time.Now()) {
		log.Warn("the Fastly token expires soon", zap.Time("expires_at", token.ExpiresAt))
	}
}
