package command

import (
	"fmt"
	"slices"
	"strings"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/typed"
)

// shown is what a phrase asks for, and the measure that it implies.
type shown struct {
	show    report.Show
	measure string
}

// showPhrases are the words, in lower case, that ask for something other than usage or cost. People type a name that is such a word in quotes.
var showPhrases = map[shown][]string{
	{show: report.ShowForecast}: {
		"forecast", "forecasts", "forecasted", "projected", "projection", "predicted", "prediction", "likely", "likely end", "expected", "will",
		"eom", "end of month", "end of the month", "end of this month", "month end", "month-end", "end-of-month",
	},
	{show: report.ShowRates}: {"rates", "price", "prices", "pricing", "unit cost", "unit costs", "unit price", "unit prices"},
	{show: report.ShowRates, measure: billing.NounBandwidth}: {
		"per tb", "per gb", "per pb", "per terabyte", "per gigabyte", "per petabyte",
	},
	{show: report.ShowChanges}: {
		"top changes", "biggest changes", "biggest change", "biggest increase", "biggest increases", "biggest decrease", "movers", "top movers",
		"grow", "grew", "what grew", "what changed", "what moved", "what rose", "what fell", "grew most", "grew the most", "changed most", "changed the most",
		"rose most", "fell most", "changes", "grew fastest", "grew the fastest", "grows most", "growing fastest", "growing most", "fastest growing", "growing", "increased most",
		"increased the most", "decreased most", "decreased the most", "rose the most", "fell the most", "dropped most", "dropped the most", "shrank most",
	},
	{show: report.ShowRates, measure: billing.NounRequests}: {"per request", "per million requests", "per million"},
}

// nextPeriods are periods to come. The bot offers a forecast of this month instead.
var nextPeriods = []string{"next month", "next quarter", "next year"}

// phrase is a phrase word by word. A phrase for a period to come, such as "next month", has no show.
type phrase struct {
	words []string
	shown
}

// phrases has all phrases by their first word, the longest first.
var phrases = func() map[string][]phrase {
	byFirst := map[string][]phrase{}
	add := func(text string, of shown) {
		words := strings.Fields(text)
		byFirst[words[0]] = append(byFirst[words[0]], phrase{words, of})
	}
	for of, texts := range showPhrases {
		for _, text := range texts {
			add(text, of)
		}
	}
	for _, text := range nextPeriods {
		add(text, shown{})
	}
	for _, same := range byFirst {
		slices.SortFunc(same, func(a, b phrase) int { return len(b.words) - len(a.words) })
	}
	return byFirst
}()

// phraseAt returns the phrase at the beginning of the words.
func phraseAt(all []typed.Word) (phrase, bool) {
	if all[0].Quoted {
		return phrase{}, false
	}
	for _, p := range phrases[strings.ToLower(all[0].Text)] {
		if p.begins(all) {
			return p, true
		}
	}
	return phrase{}, false
}

func (p phrase) begins(all []typed.Word) bool {
	if len(p.words) > len(all) {
		return false
	}
	for i, text := range p.words {
		if !all[i].Is(text) {
			return false
		}
	}
	return true
}

func anyPhrase(all []typed.Word) bool {
	for i := range all {
		if _, found := phraseAt(all[i:]); found {
			return true
		}
	}
	return false
}

// toShow finds the phrase that says what to show, and returns it and the other words.
func toShow(all []typed.Word) (of shown, rest []typed.Word, wrong *problem) {
	if !anyPhrase(all) { // as in most questions
		return shown{}, all, nil
	}
	for len(all) > 0 {
		p, found := phraseAt(all)
		if !found {
			rest, all = append(rest, all[0]), all[1:]
			continue
		}
		at := all[:len(p.words)]
		switch {
		case p.show == "":
			return shown{}, nil, &problem{sentence: "I forecast to the end of this month only.", at: at, fixes: []string{string(report.ShowForecast)}}
		case of.show != "" && of.show != p.show:
			return shown{}, nil, &problem{
				sentence: fmt.Sprintf("One at a time: %s or %s.", of.show, p.show), at: at, fixes: []string{""},
			}
		}
		if of.show = p.show; p.measure != "" {
			of.measure = p.measure
		}
		all = all[len(p.words):]
	}
	return of, rest, nil
}

// lists are the words that ask for a list if nothing but a period is beside them.
var lists = map[string]report.Show{"product": report.ShowProducts, "products": report.ShowProducts, "services": report.ShowServices, "teams": report.ShowTeams}

// list finds a word that asks for a list, or for the regions, if it is the only name.
func (p *parts) list() *problem {
	telling := slices.DeleteFunc(slices.Clone(p.names), isFiller)
	if p.Show == report.ShowChanges && p.By == "" && len(telling) == 1 && isNoun(telling[0]) { // "fastest growing service"
		p.By, p.names = breakdowns[strings.ToLower(telling[0].Text)], nil
	}
	if len(telling) != 1 || telling[0].Quoted || p.By != "" || p.Top != 0 || p.Show != report.ShowUsage || p.IsComparison() {
		return nil
	}
	only := strings.ToLower(telling[0].Text)
	switch {
	case only == "region" || only == "regions":
		p.By, p.names = report.ByRegion, nil
	case only == "team" || only == "service":
		return &problem{sentence: "Usage by " + only + ", or which " + only + "s there are?", at: telling, fixes: []string{"by " + only, only + "s"}}
	case lists[only] != "" && p.Cost:
		p.By, p.names = breakdowns[only], nil
	case lists[only] != "":
		p.Show, p.names = lists[only], nil
	}
	return nil
}

// showable corrects the parts, as far as possible without the names, to something that can be shown, and says what was wrong; an empty sentence means that
// nothing was.
func (p parts) showable(now billing.Month) (asked parts, sentence string) {
	if p.IsOfDays() {
		return p.showableByDay()
	}
	switch {
	case p.Monthly && p.Show == report.ShowChanges:
		p.Monthly, sentence = false, "Top changes are those of one month against the month before."
	case p.Monthly && p.IsComparison():
		p.Monthly, sentence = false, "I compare two periods as a whole, not month by month."
	case p.Show == report.ShowForecast && p.isToCome(now):
		sentence = fmt.Sprintf("%s hasn't started yet, and I forecast to the end of this month only.", blocks.LongMonth(p.Months.Last))
		p.Months = billing.One(now)
	case p.Show == report.ShowForecast && (p.Months.Len() > 1 || p.Monthly):
		p.Months.First, p.Monthly, sentence = p.Months.Last, false, "A forecast is of one month: the one that isn't over."
	case p.Show == report.ShowRates && p.By != "" && p.By != report.ByUsageType:
		p.By, sentence = "", "Fastly has a rate for each usage type, the same for every service and team."
	case p.Show == report.ShowRates && (p.Months.Len() > 1 || p.Monthly):
		p.Months.First, p.Monthly, sentence = p.Months.Last, false, "Rates are those of one month."
	}
	return p, sentence
}

// isToCome reports whether the person typed only the name of a month, and this year's is still to come, so that last year's would be taken.
func (p parts) isToCome(now billing.Month) bool {
	year := p.Months.First.Add(12)
	return p.Months.Len() == 1 && year.After(now) && year.Year() == now.Year() && !slices.ContainsFunc(p.typed, func(w typed.Word) bool {
		return strings.ContainsAny(w.Text, "0123456789") || w.Is("last", "past", "previous", "prev", "ago", "same")
	})
}

// showableOf is showable with the names known.
func (p parts) showableOf(found named) (asked parts, of named, sentence string) {
	if p.IsOfDays() {
		return p.byDayOf(found)
	}
	if p.Show == report.ShowRates && (found.service != "" || found.team != "") {
		found.service, found.team, sentence = "", "", "Fastly's rates are the same for every service and team."
	}
	return p, found, sentence
}
