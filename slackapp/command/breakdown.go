package command

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/period"
	"budgetbot/slackapp/command/typed"
)

const (
	maxTop     = 100 // rows of one group; a table in Slack holds no more
	defaultTop = 10  // rows of a question by service without a number
)

// breakdowns maps the words after "by" to breakdowns.
var breakdowns = map[string]report.Breakdown{
	"type": report.ByUsageType, "types": report.ByUsageType, "usage": report.ByUsageType,
	"usage_type": report.ByUsageType, "usage-type": report.ByUsageType,
	"product": report.ByProduct, "products": report.ByProduct,
	"region": report.ByRegion, "regions": report.ByRegion,
	"service": report.ByService, "services": report.ByService,
	"team": report.ByTeam, "teams": report.ByTeam,
	"day": report.ByDay, "days": report.ByDay, "week": report.ByWeek, "weeks": report.ByWeek,
	"continent": report.ByRegion, "continents": report.ByRegion, "svc": report.ByService,
}

// isCost reports whether a word asks for money. People type a name that is such a word in quotes.
func isCost(w typed.Word) bool {
	return w.Is("cost", "costs", "bill", "bills", "spend", "spends", "spent", "spending", "money", "invoice", "invoices", "pay", "paid", "expensive")
}

// charges are the words for the kinds of charges that a bill has beside usage.
var charges = map[string]billing.ChargeKind{
	"fee": billing.ChargeFixed, "fees": billing.ChargeFixed, "fixed fees": billing.ChargeFixed,
	"credit": billing.ChargeCredit, "credits": billing.ChargeCredit, "promotional credit": billing.ChargeCredit,
	"promotional credits": billing.ChargeCredit, "discount": billing.ChargeCredit, "discounts": billing.ChargeCredit,
}

// chargesTyped are the words that canonical texts have for the kinds of charges.
var chargesTyped = map[billing.ChargeKind]string{billing.ChargeFixed: "fees", billing.ChargeCredit: "credits"}

// isCharges reports whether a word asks for a kind of charges, and so for money.
func isCharges(w typed.Word) bool { return !w.Quoted && charges[strings.ToLower(w.Text)] != "" }

// csv removes "csv", "as csv" and the like from the words, and reports whether it found one.
func csv(all []typed.Word) (wanted bool, rest []typed.Word) {
	for len(all) > 0 {
		if n := typed.LeadingFile(all); n > 0 {
			wanted, all = true, all[n:]
			continue
		}
		rest, all = append(rest, all[0]), all[1:]
	}
	return wanted, rest
}

// withoutOrder removes the "by" of "by cost" and "by bandwidth", which ask for the order that rows have anyway.
func withoutOrder(all []typed.Word) []typed.Word {
	var rest []typed.Word
	for i, w := range all {
		isOrder := w.Is("by", "per") && i+1 < len(all) && (isCost(all[i+1]) || measures[strings.ToLower(all[i+1].Text)] != "")
		if !isOrder {
			rest = append(rest, w)
		}
	}
	return rest
}

// spelledOut replaces other words for breakdowns by those of the grammar: "showback" is cost by team, "which service" and "who" are by service, "monthly"
// is by month, "daily" by day.
func spelledOut(all []typed.Word) []typed.Word {
	var plainer []typed.Word
	for i := 0; i < len(all); i++ {
		w := all[i]
		put := func(texts ...string) {
			for _, text := range texts {
				plainer = append(plainer, typed.Word{Text: text, At: w.At})
			}
		}
		next := i + 1
		for w.Is("which") && next+1 < len(all) && all[next].Is("of", "our", "the") {
			next++ // "which of our teams"
		}
		switch {
		case w.Is("monthly"):
			put("by", "month")
		case w.Is("daily"):
			put("by", "day")
		case w.Is("weekly"):
			put("by", "week")
		case w.Is("each", "every") && next < len(all) && all[next].Is("month", "day", "week"):
			put("by")
		case w.Is("month", "day", "week") && next+1 < len(all) && all[next].Is("by") && all[next+1].Is(strings.ToLower(w.Text)): // "month by month"
		case w.Is("showback", "chargeback"):
			put("cost", "by", "team")
		case w.Is("who") && slices.ContainsFunc(all, func(w typed.Word) bool { return isNoun(w) && !w.Is("usage") }): // "who is the most expensive team"
		case w.Is("who"):
			put("by", "service")
		case w.Is("where"):
			put("by", "region")
		case w.Is("which", "what") && next < len(all) && isNoun(all[next]):
			put("by")
			i = next - 1
		default:
			plainer = append(plainer, w)
		}
	}
	return plainer
}

// isNoun reports whether a word names a breakdown.
func isNoun(w typed.Word) bool { return !w.Quoted && breakdowns[strings.ToLower(w.Text)] != "" }

// superlatives are the words before what an answer has on top anyway.
var superlatives = []string{"top", "most", "biggest", "largest", "highest", "greatest", "heaviest", "busiest"}

// month is the word after "by" that asks for a line for each month.
const month = "month"

// breakdown finds "by service", "by month" and the like, and returns them and the other words; by is empty if there is none.
func breakdown(all []typed.Word) (by report.Breakdown, monthly bool, rest []typed.Word, wrong *problem) {
	var read []typed.Word // of breakdowns
	for len(all) > 0 {
		if top, noun := topNoun(all); noun > 0 {
			rest, all = append(rest, top...), append([]typed.Word{{Text: "by", At: all[noun].At}}, all[noun:]...)
		}
		if !all[0].Is("by", "per") {
			rest, all = append(rest, all[0]), all[1:]
			continue
		}
		noun, used := nounAt(all[1:])
		next, known := breakdowns[strings.ToLower(noun)]
		isMonth := strings.EqualFold(noun, month)
		if !known && !isMonth {
			return "", false, nil, unknownBreakdown(noun, all[:1+used])
		}
		read, all = append(read, all[:1+used]...), all[1+used:]
		if len(all) > 1 && all[0].Is("and", "+", "&") && (isNoun(all[1]) || all[1].Is(month)) {
			all[0].Text = "by" // "by service and month"
		}
		switch {
		case isMonth:
			monthly = true
		case by != "" && by != next:
			return "", false, nil, twoBreakdowns(by, next, read)
		default:
			by = next
		}
	}
	return by, monthly, rest, nil
}

// topNoun reads "top services", "10 largest services" and "most used service". It returns the words that ask for a number of rows, in the form "top 10", and
// which word names the breakdown; 0 if there is none.
func topNoun(all []typed.Word) (top []typed.Word, noun int) {
	number := ""
	read := func() {
		if n := period.CountOf(strings.ToLower(all[noun].Text)); n > 0 && n <= maxTop && !all[noun].Quoted && number == "" {
			number = strconv.Itoa(n)
			noun++
		}
	}
	if read(); noun == len(all) || !all[noun].Is(superlatives...) {
		return nil, 0
	}
	if noun++; noun < len(all) {
		read()
	}
	for noun < len(all) && all[noun].Is("used", "active", "popular") {
		noun++
	}
	if noun == len(all) || !isNoun(all[noun]) || all[noun].Is("usage") && (noun+1 == len(all) || !all[noun+1].Is("type", "types")) {
		return nil, 0
	}
	if number == "" {
		return nil, noun
	}
	at := all[noun].At
	return []typed.Word{{Text: "top", At: at}, {Text: number, At: at}}, noun
}

// nounAt returns the words after "by" that name a breakdown: one word, or the two of "usage type".
func nounAt(all []typed.Word) (noun string, used int) {
	switch {
	case len(all) == 0 || all[0].Quoted:
		return "", 0
	case all[0].Is("usage") && len(all) > 1 && all[1].Is("type", "types"):
		return "usage", 2
	}
	return all[0].Text, 1
}

func unknownBreakdown(noun string, at []typed.Word) *problem {
	nouns := []string{"type", "product", "region", "service", "team", string(report.ByDay), string(report.ByWeek), month}
	near := billing.Nearest(noun, nouns)
	wrong := &problem{
		sentence: fmt.Sprintf("I can't show usage by %s.", blocks.Quote(noun)),
		at:       at,
		hint:     "Try by type, by product, by region, by service, by team, by day, by week or by month.",
	}
	if noun == "" {
		wrong.sentence = "By what? There's nothing after `by`."
	}
	if len(near) == 0 {
		near = []string{"type", "service"}
	}
	for _, n := range near {
		wrong.fixes = append(wrong.fixes, "by "+n)
	}
	return wrong
}

func twoBreakdowns(a, b report.Breakdown, at []typed.Word) *problem {
	return &problem{
		sentence: fmt.Sprintf("One breakdown at a time: by %s or by %s.", a, b),
		at:       at,
		fixes:    []string{"by " + string(a), "by " + string(b)},
	}
}

// topTogether returns the digits of "top20"; nothing for any other word.
func topTogether(text string) string {
	const lead = "top"
	if len(text) > len(lead) && strings.EqualFold(text[:len(lead)], lead) && strings.Trim(text[len(lead):], "0123456789") == "" {
		return text[len(lead):]
	}
	return ""
}

// top finds "top 20", and returns the number and the other words; the number is 0 if there is none.
func top(all []typed.Word) (n int, rest []typed.Word, wrong *problem) {
	for len(all) > 0 {
		number, used := topAt(all)
		if used == 0 {
			rest, all = append(rest, all[0]), all[1:]
			continue
		}
		read := rowsIn(number)
		if read < 1 || read > maxTop || n != 0 && n != read {
			return 0, nil, badTop(cmp.Or(n, read), all[:used])
		}
		n, all = read, all[used:]
	}
	return n, rest, nil
}

func topAt(all []typed.Word) (number string, used int) {
	switch {
	case all[0].Is("top") && len(all) == 1:
		return "", 1
	case all[0].Is("top"):
		return all[1].Text, 2
	case all[0].Quoted:
		return "", 0
	}
	if digits := topTogether(all[0].Text); digits != "" {
		return digits, 1
	}
	return "", 0
}

// rowsIn returns the number in the text; 0 if it is no number.
func rowsIn(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

func badTop(read int, at []typed.Word) *problem {
	fix := "top 20"
	if read > 0 {
		fix = fmt.Sprintf("top %d", min(read, maxTop))
	}
	return &problem{
		sentence: fmt.Sprintf("`top` needs a number from 1 to %d.", maxTop),
		at:       at,
		fixes:    []string{fix},
	}
}
