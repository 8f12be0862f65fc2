package command

import (
	"cmp"
	"errors"
	"slices"
	"sync"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/period"
	"budgetbot/slackapp/command/typed"
)

// Names has the names that people may type in a question.
type Names struct {
	// Read returns the names that had usage in the months, and for a question about cost those that were charged. Its error is ErrNoNames if there are
	// none. With another error it may return names that it read before.
	Read func(months billing.Range, cost bool) (billing.Catalog, error)
	// Services returns the names of the services in the months. Understand calls it only for words that are nothing else; nil means that there are none.
	Services func(months billing.Range) ([]string, error)
	Teams    []string
	// Has reports whether an offered question has rows, or may have; nil accepts every question.
	Has func(report.Question) bool
	// YearStarts is the month in which the account's fiscal years start; zero is January.
	YearStarts time.Month
	// Known are names that were read before. They serve to check the corrections of a question without a name.
	Known billing.Catalog
}

// Unchecked is the error of an unknown name if the names could not be read.
type Unchecked struct {
	Name string
	Err  error
}

func (u *Unchecked) Error() string { return u.Err.Error() }

func (u *Unchecked) Unwrap() error { return u.Err }

// Understand reads the text of a question. If it does not understand the text, it returns a mistake with complete corrected texts; the caller sets its
// Command. The error is Unchecked.
func Understand(text string, now time.Time, names Names) (Asked, *blocks.Mistake, error) {
	month := period.NowAt(now, names.YearStarts)
	parts, wrong := takeApart(text, month)
	if wrong != nil {
		parts.Months = billing.One(month.Month) // whose names the corrections may have
	}
	var catalog billing.Catalog
	var err error
	if len(parts.names) > 0 {
		catalog, err = names.read(parts)
	}
	if errors.Is(err, report.ErrNoNames) { // no name can be known then, and the answer says why
		unnamed := report.Question{Months: parts.Months, Against: parts.Against, Show: parts.Show, Cost: parts.Cost, By: report.ByProduct}
		return Asked{Question: unnamed}, nil, nil
	}
	account := Account{Catalog: catalog, Teams: names.Teams}
	if names.Services != nil {
		account.Services = sync.OnceValue(func() []string {
			services, failed := names.servicesOf(parts.Question)
			err = cmp.Or(err, failed)
			return services
		})
	}
	var asked Asked
	if wrong == nil {
		asked, wrong = parts.asked(account)
	}
	if text, found := unquoteTimes(parts.typed); wrong != nil && found {
		return Understand(text, now, names)
	}
	if wrong != nil && wrong.name != "" && !parts.Cost && parts.Show == report.ShowUsage {
		wrong = cmp.Or(names.onTheBill(parts, account), wrong)
	}
	switch {
	case wrong == nil:
		return asked, nil, nil
	case err != nil && wrong.name != "":
		return Asked{}, nil, &Unchecked{wrong.name, err}
	}
	return Asked{}, corrector{month, names, account}.mistake(wrong), nil
}

// read reads the names of a question, or returns the known ones if that fails.
func (n Names) read(p parts) (billing.Catalog, error) {
	catalog, err := n.ofPeriods(p.Question)
	if err != nil && len(catalog.Products) == 0 {
		catalog = n.Known
	}
	return catalog, err
}

// unquoteTimes removes the quotes around times. People put them around "last month" as well as around names.
func unquoteTimes(all []typed.Word) (text string, found bool) {
	plainer := slices.Clone(all)
	for i, w := range plainer {
		if w.Quoted && period.Is(w.Text) {
			plainer[i].Quoted, found = false, true
		}
	}
	return typed.Again(plainer), found
}

// mostMonthsOfServices is up to how many months an offered question about services has: Fastly lists services in pages for each usage type and month.
const mostMonthsOfServices = 12

// maxRounds is how many mistakes of one text the corrector corrects for an offer.
const maxRounds = 5

// corrector finds the commands to offer for a text that was not understood. Each of them is no mistake, and its answer has rows.
type corrector struct {
	now     period.Now
	names   Names
	account Account // of the text
}

// mistake turns a problem into what the person reads.
func (c corrector) mistake(wrong *problem) *blocks.Mistake {
	m := &blocks.Mistake{Sentence: wrong.sentence, Hint: wrong.hint}
	offer := func(fix string) {
		text, ok := c.mended(fix)
		if ok && !slices.Contains(m.Corrected, text) && len(m.Corrected) < typed.MaxOffers {
			m.Corrected = append(m.Corrected, text)
		}
	}
	for _, fix := range wrong.fixes {
		offer(fix)
	}
	for _, usual := range []string{"this month", "last month"} {
		if len(m.Corrected) == 0 {
			offer(usual)
		}
	}
	if len(m.Corrected) == 0 {
		m.Corrected = []string{"help"}
	}
	return m
}

// mended corrects the mistakes of a text one after another, and returns the canonical text. If no names are known, it keeps those of the text. It reports
// false if the text remains wrong, or the answer has no rows.
func (c corrector) mended(text string) (string, bool) {
	for range maxRounds {
		parts, wrong := takeApart(text, c.now)
		if wrong == nil && parts.help {
			return Asked{Help: true}.Text(), true
		}
		var asked Asked
		if wrong == nil {
			account, any := c.accountOf(parts)
			switch {
			case !any:
				return "", false
			case len(account.Products) == 0:
				return parts.text(), true
			}
			asked, wrong = parts.asked(account)
		}
		switch {
		case wrong == nil:
			return asked.Text(), c.hasRows(asked.Question)
		case len(wrong.fixes) == 0:
			return "", false
		}
		text = wrong.fixes[0]
	}
	return "", false
}

// accountOf returns what a question may name in its months, and reports whether Fastly has anything for them.
func (c corrector) accountOf(p parts) (Account, bool) {
	of := c.account
	var err error
	of.Catalog, err = c.names.read(p)
	return of, !errors.Is(err, report.ErrNoNames)
}

func (c corrector) hasRows(q report.Question) bool {
	isLong := q.ReadsServices() && q.Months.Len() > mostMonthsOfServices
	if isLong || (q.By == report.ByTeam || q.Show == report.ShowTeams) && len(c.names.Teams) == 0 {
		return false
	}
	return c.names.Has == nil || c.names.Has(q)
}
