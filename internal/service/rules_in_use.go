package service

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/rulesfile"
	"budgetbot/slackapp/blocks"
)

// rulesInUse are the rules that the service runs on.
type rulesInUse struct {
	rules *rules.Rules
	text  string // of the file that they were read from
	// trouble is what is wrong with the file while the last good rules are used instead; empty if the file is in use.
	trouble string
	// warnings are the rules that do not fit the account, or cover nothing of it, as they were at the start.
	warnings rules.Problems
}

// Local returns an instant in the zone of the rules in use, in which people read it where Slack does not draw it.
func (s *Service) Local(t time.Time) time.Time { return s.rules.rules.Local(t) }

// auditTimeout bounds how long a start waits for Fastly, to check the rules' names.
const auditTimeout = 5 * time.Second

// loadRules reads the rules file and holds it against the account. A file that is wrong is an error, unless the database
// has the last good one: the service then runs on that, and says so loudly.
func (s *Service) loadRules(ctx context.Context, c *Config, log *zap.Logger) (rulesInUse, error) {
	sound, err := soundRules(ctx, c, s.Sources, log)
	problems, wrong := errors.AsType[rules.Problems](err)
	if !wrong {
		return sound, err
	}
	var good string
	var savedAt time.Time
	var found bool
	lastErr := s.reach(ctx, func() (err error) {
		good, savedAt, found, err = s.Store.LastGoodRules(ctx)
		return err
	})
	if lastErr != nil {
		return rulesInUse{}, errors.Join(err, fmt.Errorf("read the last good rules: %w", lastErr))
	}
	if !found {
		return rulesInUse{}, problems
	}
	set, lastErr := rulesfile.Load("the last good rules", []byte(good))
	if lastErr != nil {
		return rulesInUse{}, problems // this version no longer takes them either
	}
	for _, problem := range problems {
		log.Error("rules file not usable, running on the last good rules", zap.Stringer("problem", problem), zap.Time("good_since", savedAt))
	}
	trouble := problems[0].String()
	if len(problems) > 1 {
		trouble += fmt.Sprintf(" (and %s)", blocks.Counted(len(problems)-1, "more problem"))
	}
	return rulesInUse{rules: set, text: good, trouble: trouble}, nil
}

// joinRules makes the file that the process has started with the current one for all replicas. It is the last step of a
// start, so that a process that cannot start leaves the checks with the others. A process with a wrong file keeps the
// current one.
func (s *Service) joinRules(ctx context.Context) error {
	if s.rules.text == "" {
		return nil // rules of the program's own
	}
	if s.rules.trouble != "" {
		return s.Store.JoinLastGood(ctx, s.rules.text)
	}
	revision, err := s.Store.JoinRules(ctx, s.rules.text, time.Now())
	if err != nil {
		return err
	}
	s.log.Named("rules").Info("rules file in use", zap.Int64("revision", revision.Number), zap.String("hash", revision.Hash[:12]), zap.Time("since", revision.Since))
	return nil
}

// soundRules reads the file, and asks Fastly whether its names and units fit. What does not fit is a warning: Fastly may change what an
// account has on any day, which is the trouble of one rule, and the others are watched. Where Fastly does not answer in time the rules
// are taken as they are. Either way each budget says for itself what it cannot count.
func soundRules(ctx context.Context, c *Config, fastly *sources, log *zap.Logger) (rulesInUse, error) {
	text, rules, err := ReadRules(c.RulesFile)
	if err != nil {
		return rulesInUse{}, err
	}
	sound := rulesInUse{rules: rules, text: string(text)}
	asking, cancel := context.WithTimeout(ctx, auditTimeout)
	defer cancel()
	account, err := fastly.ReadAccount(asking, rules, log)
	if err != nil {
		log.Warn("rules not held against the account", zap.Error(err))
		return sound, nil
	}
	problems, warnings := evaluate.Audit(c.RulesFile, rules, account)
	for _, problem := range problems {
		log.Warn("rule does not fit the account", zap.Stringer("problem", problem))
	}
	for _, warning := range warnings {
		log.Warn("rule covers nothing", zap.Stringer("problem", warning))
	}
	sound.warnings = slices.Concat(problems, warnings)
	return sound, nil
}

// KnownRules are the rules that the service has ever seen, and their hashes.
func KnownRules(ctx context.Context, c *Config) (map[string]string, error) {
	opened, err := LookInto(ctx, c)
	if err != nil {
		return nil, err
	}
	known, err := opened.KnownRules(ctx)
	return known, errors.Join(err, opened.Close()) //nolint:contextcheck // it closes also when ctx has ended
}

// ReadRules reads and checks the file, and returns its text with it. A file that cannot be read is a problem with the file
// as a whole.
func ReadRules(file string) ([]byte, *rules.Rules, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil, rules.Problems{{File: file, Text: "there is no such file; rules.example.yaml shows every key"}}
	}
	if err != nil {
		return nil, nil, rules.Problems{{File: file, Text: "it cannot be read: " + PlainCause(err)}}
	}
	rules, err := rulesfile.Load(file, text)
	return text, rules, err
}
