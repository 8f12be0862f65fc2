package period

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"budgetbot/billing"
)

// MaxMonths is how many months one question may span: five years, so that "2023-01.." is a question for a while yet.
const MaxMonths = 60

// point is what a person names when they name a time: a month, a quarter, a year, or a run of months before now.
type point struct {
	months billing.Range
	// yearless means that the person typed no year; months are then the most recent such months that have begun.
	yearless bool
	// running means that a period named as a whole, such as a year, may extend beyond this month.
	running bool
}

// form is one way to write a point: a pattern for one to four whole words in lower case.
type form struct {
	pattern *regexp.Regexp
	read    func(parts []string, now Now) (point, *Wrong)
}

const (
	monthNames = `jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|` +
		`oct(?:ober)?|nov(?:ember)?|dec(?:ember)?`
)

var (
	countWords = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve")
	// Counts is the pattern of the texts that CountOf knows.
	Counts = `\d{1,4}|` + strings.Join(countWords[1:], "|")
)

const (
	year     = `(\d{4}|'\d{2})`
	ordinals = `1st|first|2nd|second|3rd|third|4th|fourth`
	ofUnit   = `(month|quarter|half|year)`
)

// forms are all forms. readPoint tries them in this order, so those that people type most come first.
var forms = []form{
	exact(`(\d{4})`, readYear),
	exact(`(?:last|past|previous|prev) (?:(`+Counts+`) )?`+ofUnit+`s?`, readLast),
	exact(`(\d{4})[-/](\d{1,2})`, func(p []string, _ Now) (point, *Wrong) { return yearMonth(p[1], p[2]) }),
	exact(`(\d{4})(\d{2})`, func(p []string, _ Now) (point, *Wrong) { return yearMonth(p[1], p[2]) }),
	exact(`(\d{1,2})[-/.](\d{4})`, func(p []string, _ Now) (point, *Wrong) { return yearMonth(p[2], p[1]) }),
	exact(`(\d{2})-(\d{2})`, readShortYear),
	exact(`(`+monthNames+`)\.?`, readMonthName),
	exact(`(`+monthNames+`)[., -]{0,2}`+year, func(p []string, _ Now) (point, *Wrong) { return namedMonth(p[1], p[2]) }),
	exact(year+`[ -]?(`+monthNames+`)`, func(p []string, _ Now) (point, *Wrong) { return namedMonth(p[2], p[1]) }),
	exact(`([qh])(\d)`, func(p []string, now Now) (point, *Wrong) { return latestPart(p[1], number(p[2]), now) }),
	exact(year+`[ /-]?([qh])(\d)`, func(p []string, _ Now) (point, *Wrong) { return partOf(p[1], p[2], number(p[3])) }),
	exact(`([qh])(\d)[ /-]?`+year, func(p []string, _ Now) (point, *Wrong) { return partOf(p[3], p[1], number(p[2])) }),
	exact(`(`+ordinals+`) (quarter|half)(?: (?:of )?`+year+`)?`, readOrdinal),
	exact(`(?:this|current) `+ofUnit, func(p []string, now Now) (point, *Wrong) { return current(p[1], now) }),
	exact(`(?:([mqy])td|`+ofUnit+` to date)`, readToDate),
	exact(`(?:last|past|previous|prev) (`+monthNames+`)`, readLastNamed),
	exact(`(?:(`+Counts+`) )`+ofUnit+`s?`, readCount),
	exact(`(a|`+Counts+`) `+ofUnit+`s? ago`, readAgo),
	exact(`(?:this|same) month (?:of )?last year`, func(_ []string, now Now) (point, *Wrong) { return months(now.Add(-12), 1, point{}), nil }),
	exact(`(?:fy|fiscal|fiscal year|financial year) ?'?(\d{4}|\d{2})`, readFiscal),
	exact(`(this|current|last|past|previous|prev) (?:fiscal|financial) year`, readThisFiscal),
	exact(`(fy)td|(fiscal|financial) year to date`, readThisFiscal),
	exact(`(\d{1,4})m`, readWithThis),
}

func exact(pattern string, read func([]string, Now) (point, *Wrong)) form {
	return form{regexp.MustCompile(`^(?:` + pattern + `)$`), read}
}

// longestPoint is how many words the longest form has.
const longestPoint = 5

// timeWords are the first three letters of every word in a form that does not begin with a digit.
var timeWords = func() map[string]bool {
	known := map[string]bool{}
	for word := range strings.FieldsSeq("january february march april may june july august september october november december " +
		"fy fytd fiscal financial this current same last past previous month quarter half year mtd qtd ytd to date ago of a today yesterday week wtd day hour before the " + strings.ReplaceAll(weekdays, "|", " ") + " " +
		strings.ReplaceAll(ordinals, "|", " ") + " " + strings.Join(countWords, " ")) {
		known[word[:min(len(word), 3)]] = true
	}
	return known
}()

// mayBeTime reports whether a word can be part of a point. Most words of a question are names, for which no pattern needs to be tried.
func mayBeTime(word string) bool {
	number := strings.TrimLeft(word, "qQhHfFyY'")
	if number != "" && number[0] >= '0' && number[0] <= '9' {
		return true
	}
	return timeWords[strings.ToLower(word[:min(len(word), 3)])]
}

// readPoint reads the text, in any case, as a point. It reports false if no form matches, and a problem if one matches but there is no such time.
func readPoint(text string, now Now) (point, *Wrong, bool) {
	if first, _, _ := strings.Cut(text, " "); !mayBeTime(first) {
		return point{}, nil, false
	}
	if len(text) == len("2006-01") && text[4] == '-' { // most are typed like that, and need no pattern
		if m, err := billing.ParseMonth(text); err == nil {
			return point{months: billing.One(m)}, nil, true
		}
	}
	text = strings.ToLower(text)
	for _, f := range forms {
		if parts := f.pattern.FindStringSubmatch(text); parts != nil {
			p, wrong := f.read(parts, now)
			return p, wrong, true
		}
	}
	return point{}, nil, false
}

func yearMonth(year, month string) (point, *Wrong) {
	y, m := yearOf(year), number(month)
	if m < 1 || m > 12 {
		near := billing.NewMonth(y, time.Month(min(max(m, 1), 12)))
		return point{}, &Wrong{Sentence: fmt.Sprintf("A year has months 1 to 12, not %s.", month), Fixes: []string{near.String()}}
	}
	return point{months: billing.One(billing.NewMonth(y, time.Month(m)))}, nil
}

func readYear(p []string, _ Now) (point, *Wrong) {
	return months(billing.NewMonth(yearOf(p[1]), time.January), 12, point{running: true}), nil
}

// readShortYear reads "26-10", and asks whether the person means October 2026.
func readShortYear(p []string, _ Now) (point, *Wrong) {
	return point{}, &Wrong{
		Sentence: fmt.Sprintf("I can't read %s-%s as a month for sure: write the year with four digits.", p[1], p[2]),
		Fixes:    []string{"20" + p[1] + "-" + p[2]},
	}
}

// yearOf reads 2026 and '26.
func yearOf(text string) int {
	if short, isShort := strings.CutPrefix(text, "'"); isShort {
		return 2000 + number(short)
	}
	return number(text)
}

func readMonthName(p []string, now Now) (point, *Wrong) {
	m := billing.NewMonth(now.Year(), monthNamed(p[1]))
	if m.After(now.Month) {
		m = m.Add(-12)
	}
	return point{months: billing.One(m), yearless: true}, nil
}

func namedMonth(name, year string) (point, *Wrong) {
	return yearMonth(year, strconv.Itoa(int(monthNamed(name))))
}

func monthNamed(name string) time.Month {
	t, _ := time.Parse("Jan", name[:3]) // a pattern has found it to be one
	return t.Month()
}

// yearParts maps the letter of a part of the year to its name and its length in months.
var yearParts = map[string]struct {
	name   string
	months int
}{"q": {"quarter", 3}, "h": {"half", 6}}

// latestPart returns the most recent quarter or half of this number that has begun.
func latestPart(letter string, n int, now Now) (point, *Wrong) {
	part, wrong := partOf(strconv.Itoa(now.Year()), letter, n)
	if wrong != nil {
		return point{}, wrong
	}
	if part.months.First.After(now.Month) {
		part = moved(part, -12)
	}
	part.yearless = true
	return part, nil
}

func partOf(year, letter string, n int) (point, *Wrong) {
	part := yearParts[letter]
	if most := 12 / part.months; n < 1 || n > most {
		return point{}, &Wrong{
			Sentence: fmt.Sprintf("A year has %[1]s1 to %[1]s%[2]d, not %[1]s%[3]d.", letter, most, n),
			Fixes:    []string{"last " + part.name},
		}
	}
	return months(billing.NewMonth(yearOf(year), time.Month((n-1)*part.months+1)), part.months, point{running: true}), nil
}

// readOrdinal reads "first quarter" and "second half of 2025".
func readOrdinal(p []string, now Now) (point, *Wrong) {
	letter, n := p[2][:1], slices.Index(strings.Split(ordinals, "|"), p[1])/2+1
	if p[3] == "" {
		return latestPart(letter, n, now)
	}
	return partOf(p[3], letter, n)
}

// readToDate reads "mtd" and "month to date".
func readToDate(p []string, now Now) (point, *Wrong) {
	for unit := range unitMonths {
		if unit == p[2] || p[1] != "" && unit[:1] == p[1] {
			return current(unit, now)
		}
	}
	return point{}, nil
}

// readLastNamed reads "last november": the most recent one that is over.
func readLastNamed(p []string, now Now) (point, *Wrong) {
	latest, wrong := readMonthName(p, now)
	if latest.months.Last == now.Month {
		latest = moved(latest, -12)
	}
	latest.yearless = false
	return latest, wrong
}

// readAgo reads "2 months ago" as one whole month, and so other units.
func readAgo(p []string, now Now) (point, *Wrong) {
	n, length := 1, unitMonths[p[2]]
	if p[1] != "a" {
		n = CountOf(p[1])
	}
	if n > MaxMonths/length {
		return point{}, tooMany(fmt.Sprintf("%d %ss", n, p[2]), n, fmt.Sprintf("last %d months", MaxMonths), "last month")
	}
	if p[2] == "year" {
		return months(now.Add(-12*n), 1, point{}), nil
	}
	return months(unitStart(p[2], now.Month).Add(-n*length), length, point{}), nil
}

// current is the month, quarter or year of now, up to this month.
func current(unit string, now Now) (point, *Wrong) {
	return point{months: billing.Range{First: unitStart(unit, now.Month), Last: now.Month}}, nil
}

// readLast reads "last quarter" and "last 3 months": whole units that are over.
func readLast(p []string, now Now) (point, *Wrong) {
	n, length := CountOf(p[1]), unitMonths[p[2]]
	if n < 1 || n*length > MaxMonths {
		return point{}, tooMany(fmt.Sprintf("%d %ss", n, p[2]), n, fmt.Sprintf("last %d months", MaxMonths), "last month")
	}
	first := unitStart(p[2], now.Month).Add(-n * length)
	return months(first, n*length, point{}), nil
}

// readCount reads "3 months", which is ambiguous: this month may count or not.
func readCount(p []string, _ Now) (point, *Wrong) {
	n := CountOf(p[1])
	return point{}, &Wrong{
		Sentence: fmt.Sprintf("Should the %s %ss include this one?", p[1], p[2]),
		Fixes:    []string{fmt.Sprintf("last %d %ss", n, p[2]), fmt.Sprintf("%dm", n*unitMonths[p[2]])},
	}
}

// readWithThis reads "3m": this month and the two before it.
func readWithThis(p []string, now Now) (point, *Wrong) {
	n := number(p[1])
	if n < 1 || n > MaxMonths {
		return point{}, tooMany(p[1]+" months", n, fmt.Sprintf("%dm", MaxMonths), "this month")
	}
	return months(now.Add(1-n), n, point{}), nil
}

func months(first billing.Month, n int, p point) point {
	p.months = billing.Range{First: first, Last: first.Add(n - 1)}
	return p
}

// unitMonths is how many months a unit has.
var unitMonths = map[string]int{"month": 1, "quarter": 3, "half": 6, "year": 12}

func unitStart(unit string, m billing.Month) billing.Month {
	n := unitMonths[unit]
	return billing.NewMonth(m.Year(), time.Month((int(m.Month())-1)/n*n+1))
}

// CountOf returns the number in the text, in digits or in words up to twelve; 1 if the text is empty.
func CountOf(text string) int {
	if text == "" {
		return 1
	}
	if n := slices.Index(countWords, text); n >= 0 {
		return n
	}
	return number(text)
}

// number reads digits that a pattern has matched; 0 if the number is too large.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

// tooMany says that a question has too many months, or none; each has its own fix.
func tooMany(typed string, n int, most, least string) *Wrong {
	if n < 1 {
		return &Wrong{Sentence: fmt.Sprintf("%s: a period must be at least one month.", typed), Fixes: []string{least}}
	}
	return &Wrong{Sentence: fmt.Sprintf("%s; a question can span at most %d months.", typed, MaxMonths), Fixes: []string{most}}
}

func moved(p point, n int) point {
	p.months = billing.Range{First: p.months.First.Add(n), Last: p.months.Last.Add(n)}
	return p
}

// Now is the running month, and the month in which the account's fiscal years start; zero is January. Today is the first instant of the running
// UTC day; zero is the month's first day.
type Now struct {
	billing.Month
	YearStarts time.Month
	Today      time.Time
}

// NowAt returns the month and the day that are running at the instant.
func NowAt(t time.Time, yearStarts time.Month) Now {
	return Now{billing.MonthOf(t), yearStarts, billing.DayOf(t)}
}

// fiscalYear returns the fiscal year that ends in the given calendar year.
func fiscalYear(ends int, now Now) point {
	first := billing.NewMonth(ends, time.January)
	if now.YearStarts > time.January {
		first = billing.NewMonth(ends-1, now.YearStarts)
	}
	return months(first, unitMonths["year"], point{running: true})
}

// readFiscal reads "fy26" and "fiscal year 2026".
func readFiscal(p []string, now Now) (point, *Wrong) {
	ends, err := strconv.Atoi(p[1])
	if err == nil && len(p[1]) == len("26") {
		ends += 2000
	}
	return fiscalYear(ends, now), nil
}

// readThisFiscal reads "this fiscal year" and "last fiscal year".
func readThisFiscal(p []string, now Now) (point, *Wrong) {
	year := fiscalYear(now.Year(), now)
	if year.months.Last.Before(now.Month) {
		year = moved(year, unitMonths["year"])
	}
	switch p[1] {
	case "last", "past", "previous", "prev":
		year = moved(year, -unitMonths["year"])
	default:
		year.months.Last = now.Month
	}
	return year, nil
}
