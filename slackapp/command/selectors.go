package command

import (
	"fmt"
	"slices"
	"strings"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/typed"
)

// Account is what a question may name.
type Account struct {
	billing.Catalog
	Teams []string
	// Services returns the names of the account's services. It is asked only for words that are nothing else; nil is none.
	Services func() []string
	// apart means that a region with a measure stands for all usage types of that region and measure, and not for the one of that name.
	apart bool
}

// meaning is one thing that words may name.
type meaning struct{ kind, name string }

func (m meaning) typed() string {
	switch m.kind {
	case kindMeasure:
		return m.name
	case kindCharges:
		return chargesTyped[billing.ChargeKind(m.name)]
	case kindProduct, kindType:
		return quoted(m.name)
	}
	return m.kind + " " + oneWord(m.name)
}

// selected reads the words as measures, products, usage types, regions, services and teams, in any order. Names of one kind count together. It reports
// false if a word is none of them. A region with a measure is the usage type of that name, if the account has one.
func selected(names []typed.Word, account Account) (found named, ok bool, wrong *problem) {
	last := ""
	for left := names; len(left) > 0; {
		if isBetween(left[0]) && (last != "" || left[0].Is(compareWords...)) && len(left) > 1 {
			left = left[1:]
			continue
		}
		kind, whole := kindsTyped[strings.ToLower(left[0].Text)], left
		if left[0].Quoted || len(left) == 1 {
			kind = ""
		}
		if kind != "" {
			left = left[1:]
		}
		n, means := next(left, kind, last, string(found.product), account)
		if kind == "" {
			n, means = found.beside(left, n, means, account)
		}
		switch {
		case len(means) > 1:
			return named{}, false, ambiguous(whole[:len(whole)-len(left)+n], means)
		case len(means) == 0 && account.isOneOf(kind, left):
			return named{}, false, account.noneCalled(kind, left)
		case len(means) == 0:
			return named{}, false, nil
		}
		found.add(means[0])
		last = means[0].kind
		if left = left[n:]; len(left) > 0 && left[0].Is(last) {
			left = left[1:] // "shop team"
		}
	}
	found, ok = found.settled(account)
	return found, ok, nil
}

// beside returns what words behind other names may name. Of a product and all usage types of another product, both are products: "kv and waf".
func (f *named) beside(left []typed.Word, n int, means []meaning, account Account) (int, []meaning) {
	if len(means) == 0 && f.product != "" && f.usageType == "" {
		n, means = longest(left, "", "", account)
		if product := account.onlyProductOf(means); product != "" {
			means = []meaning{{kindProduct, product}}
		}
	}
	if len(means) == 1 && means[0].kind == kindProduct && f.product == "" && f.usageType != "" {
		var types []meaning
		for _, t := range f.usageType.List() {
			types = append(types, meaning{kindType, t})
		}
		if product := account.onlyProductOf(types); product != "" && product != means[0].name {
			f.product, f.usageType = billing.NamesOf(product), ""
		}
	}
	return n, means
}

// onlyProductOf returns the product whose usage types these are, all of them; nothing where there is none.
func (a Account) onlyProductOf(means []meaning) string {
	product := ""
	for i, m := range means {
		owners := ownersOf(a.Catalog, m.name)
		if m.kind != kindType || len(owners) != 1 || i > 0 && owners[0] != product {
			return ""
		}
		product = owners[0]
	}
	if product == "" || len(a.UsageTypes(product)) != len(means) {
		return ""
	}
	return product
}

// isBetween reports whether a word stands between several names, or before them.
func isBetween(w typed.Word) bool { return w.Is(joiners...) || w.Is(compareWords...) }

// next finds what the first words may name. If they may name several things, it prefers the kind of the name before: "region Asia and Europe".
func next(left []typed.Word, kind, last, product string, account Account) (n int, means []meaning) {
	if n, means = longest(left, kind, product, account); len(means) == 1 || kind != "" {
		return n, means
	}
	if last == kindRegion || last == kindService || last == kindTeam {
		if same, of := longest(left, last, product, account); len(of) == 1 && same >= n {
			return same, of
		}
	}
	return n, means
}

// settled makes one question of the names. It reports false if they do not fit together.
func (f named) settled(account Account) (named, bool) {
	if f.usageType != "" && (f.region != "" || f.measure != "") {
		if isSpelledOut := f.spellOut(account.Regions); !isSpelledOut && f.measure != "" {
			return named{}, false
		}
	}
	if !account.apart && f.region != "" && f.measure != "" && f.service == "" && f.team == "" {
		if t, known := typed.Pick(string(f.region+" "+f.measure), account.UsageTypes(string(f.product))); known {
			return named{product: billing.NamesOf(ownersOf(account.Catalog, t)[0]), usageType: billing.NamesOf(t)}, true
		}
	}
	if f.usageType == "" {
		return f, true
	}
	owners := account.ProductIDs()
	for _, t := range f.usageType.List() {
		of := ownersOf(account.Catalog, t)
		if strings.Contains(t, "*") {
			continue
		}
		owners = slices.DeleteFunc(owners, func(p string) bool { return !slices.Contains(of, p) })
	}
	if f.product == "" && len(owners) == 1 {
		f.product = billing.NamesOf(owners[0])
	}
	return f, f.product == "" || slices.ContainsFunc(owners, f.product.Have)
}

// spellOut replaces a usage type, such as the "Europe Bandwidth" of "asia and europe bandwidth", by its region and its measure. It reports false if the usage
// type has no such parts.
func (f *named) spellOut(regions []string) bool {
	for _, region := range regions {
		for _, measure := range []string{billing.NounBandwidth, billing.NounRequests} {
			if strings.EqualFold(string(f.usageType), region+" "+measure) {
				f.region = billing.NamesOf(append(f.region.List(), region)...)
				f.measure = billing.NamesOf(append([]string{measure}, f.measure.List()...)...)
				f.usageType = ""
				return true
			}
		}
	}
	return false
}

// longest finds what as many of the first words as possible may name.
func longest(all []typed.Word, kind, product string, account Account) (n int, means []meaning) {
	for n = min(len(all), maxNameWords); n > 0; n-- {
		if means = account.meanings(all[:n], kind, product); len(means) > 0 {
			return n, means
		}
	}
	return 0, nil
}

// add adds a meaning to the question.
func (f *named) add(m meaning) {
	into := map[string]*billing.Names{
		kindMeasure: &f.measure, kindProduct: &f.product, kindType: &f.usageType, kindRegion: &f.region, kindService: &f.service, kindTeam: &f.team,
		kindCharges: &f.charges,
	}[m.kind]
	*into = billing.NamesOf(append(into.List(), m.name)...)
}

// meanings returns what the words may name: everything with exactly this name, else the products whose names contain it, else such regions, else such
// usage types. A kind or a product typed before it narrows the search.
func (a Account) meanings(all []typed.Word, kind, product string) []meaning {
	text := typed.Plain(all)
	if strings.Contains(text, "*") {
		return a.matched(text, kind, product)
	}
	if kind == "" && isMeasure(all) {
		return []meaning{{kindMeasure, measures[strings.ToLower(text)]}}
	}
	if of, is := charges[strings.ToLower(text)]; is && kind == "" && !all[0].Quoted {
		return []meaning{{kindCharges, string(of)}}
	}
	region := text
	if alias, is := regionAliases[strings.ToLower(text)]; is {
		region = alias
	}
	var exact, partial []meaning
	for _, of := range []struct {
		kind, text string
		names      []string
	}{
		{kindProduct, text, a.ProductIDs()}, {kindRegion, region, a.Regions}, {kindType, text, a.UsageTypes(product)}, {kindTeam, text, a.Teams},
	} {
		if kind != "" && kind != of.kind {
			continue
		}
		if name, is := typed.Pick(of.text, of.names); is {
			exact = append(exact, meaning{of.kind, name})
		}
		if of.kind != kindTeam && len(partial) == 0 {
			partial = append(partial, having(of.kind, of.names, text)...)
		}
	}
	onlyTeam := !slices.ContainsFunc(exact, func(m meaning) bool { return m.kind != kindTeam })
	mayBeService := onlyTeam && (kind == "" || kind == kindService) && (len(exact) > 0 || len(partial) == 0 || kind != "")
	if mayBeService {
		if name, is := typed.Pick(text, a.services()); is {
			exact = append(exact, meaning{kindService, name})
		}
	}
	if alias := typeAliases[strings.ToLower(text)]; len(exact) == 0 && len(partial) == 0 && kind == "" && alias != "" {
		if aliased := having(kindType, a.UsageTypes(product), alias); len(aliased) > 0 {
			return aliased
		}
	}
	if mayBeService && len(exact) == 0 && len(partial) == 0 {
		partial = a.servicesOf(text)
	}
	if i := slices.IndexFunc(exact, func(m meaning) bool { return m.name == text && m.kind != kindTeam && m.kind != kindService }); i >= 0 {
		return exact[i : i+1] // "object_storage" is the product, and not the usage type "Object Storage"
	}
	if len(exact) > 0 {
		return exact
	}
	return partial
}

// servicesOf returns the services whose names have the words of the text, in this order. If their names all begin with the words, the last one is the glob
// of all of them.
func (a Account) servicesOf(text string) []meaning {
	words := strings.Fields(typed.Letters(text))
	if len(words) == 0 || len(words[0]) < shortest || isFiller(typed.Word{Text: text}) {
		return nil
	}
	var names []string
	for _, name := range a.services() {
		if haveInOrder(strings.Fields(typed.Letters(name)), words) {
			names = append(names, name)
		}
	}
	if all := a.beginning(text); len(all) == len(names) {
		names = a.begun(text)
	}
	var found []meaning
	for _, name := range names {
		found = append(found, meaning{kindService, name})
	}
	return found
}

// haveInOrder reports whether all the words are among those of a name, in this order.
func haveInOrder(name, words []string) bool {
	for _, word := range name {
		if len(words) > 0 && word == words[0] {
			words = words[1:]
		}
	}
	return len(words) == 0
}

func (a Account) services() []string {
	if a.Services == nil {
		return nil
	}
	return a.Services()
}

// matched returns what a glob matches: usage types, or else services.
func (a Account) matched(glob, kind, product string) []meaning {
	if typed.Letters(glob) == "" {
		return nil
	}
	matches := func(name string) bool { return billing.Glob(glob, name) }
	if kind != kindService && slices.ContainsFunc(a.UsageTypes(product), matches) {
		return []meaning{{kindType, glob}}
	}
	if kind != kindType && slices.ContainsFunc(a.services(), matches) {
		return []meaning{{kindService, glob}}
	}
	return nil
}

// near returns the measures, regions, teams, services, products and usage types with names like the text.
func (a Account) near(text string) []meaning {
	var means []meaning
	for _, of := range []struct {
		kind  string
		names []string
	}{
		{kindMeasure, []string{billing.NounBandwidth, billing.NounRequests, billing.NounStorage, billing.NounOperations}},
		{kindRegion, a.Regions},
		{kindTeam, a.Teams},
		{kindService, a.services()},
		{kindProduct, a.ProductIDs()},
		{kindType, a.UsageTypes("")},
	} {
		for _, name := range a.nearest(text, of.kind, of.names) {
			means = append(means, meaning{of.kind, name})
		}
	}
	return means[:min(typed.MaxOffers, len(means))]
}

// nearest returns the names of a kind that are like the text. Services whose names begin with it come instead of those that are spelled like it.
func (a Account) nearest(text, kind string, names []string) []string {
	if kind == kindService {
		if begun := a.begun(text); len(begun) > 0 {
			return begun
		}
	}
	return billing.Nearest(text, names)
}

// begun returns the services whose names begin with the text as whole words. Of several it returns the first ones, and last the glob that means them all.
func (a Account) begun(text string) []string {
	part, found := typed.Letters(text), a.beginning(text)
	if len(found) < 2 {
		return found
	}
	offered := found[:min(typed.MaxOffers, len(found))]
	if glob := globOf(part, found[0]); a.matches(glob, found) {
		offered = append(slices.Clone(found[:min(typed.MaxOffers-1, len(found))]), glob)
	}
	return offered
}

// beginning returns all the services whose names begin with the text as whole words.
func (a Account) beginning(text string) []string {
	part := typed.Letters(text)
	if len(part) < shortest {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(a.services()), func(name string) bool { return !strings.HasPrefix(typed.Letters(name)+" ", part+" ") })
}

// globOf returns the glob of the names that begin like this one, as far as the part and the character behind it.
func globOf(part, name string) string {
	behind := false
	for i := range name {
		if behind {
			return name[:i] + "*"
		}
		behind = typed.Letters(name[:i]) == part
	}
	return name
}

// matches reports whether a glob matches these services and no other.
func (a Account) matches(glob string, services []string) bool {
	matched := slices.DeleteFunc(slices.Clone(a.services()), func(name string) bool { return !billing.Glob(glob, name) })
	return slices.Equal(matched, services)
}

// nothingCalled says that nothing has this name, and offers similar names.
func nothingCalled(names []typed.Word, near []meaning) *problem {
	wrong := &problem{sentence: fmt.Sprintf("There's nothing called %s.", blocks.Quote(typed.Plain(names))), at: names, name: typed.Plain(names)}
	var offers []string
	for _, m := range near {
		offers = append(offers, m.typed())
	}
	wrong.sentence += typed.DidYouMean(offers)
	wrong.fixes = offers
	return wrong
}

// isOneOf reports whether the unknown words after a kind are one name and not several.
func (a Account) isOneOf(kind string, names []typed.Word) bool {
	known, of := map[string][]string{kindTeam: a.Teams, kindRegion: a.Regions, kindService: a.services()}[kind]
	return of && (!slices.ContainsFunc(names, isBetween) || len(billing.Nearest(typed.Plain(names), known)) > 0)
}

// noneCalled says that no team, region or service has this name, and lists or offers existing ones.
func (a Account) noneCalled(kind string, names []typed.Word) *problem {
	text := typed.Plain(names)
	known := map[string][]string{kindTeam: a.Teams, kindRegion: a.Regions, kindService: a.services()}[kind]
	wrong := &problem{sentence: fmt.Sprintf("There's no %s called %s.", kind, blocks.Quote(text)), at: names, name: text}
	for _, near := range a.nearest(text, kind, known) {
		wrong.fixes = append(wrong.fixes, oneWord(near))
	}
	switch {
	case len(wrong.fixes) > 0 || len(known) == 0:
	case kind == kindService:
		wrong.hint = "`by service` lists them."
	default:
		wrong.hint = blocks.Capital(kind) + "s: " + blocks.List(known) + "."
		for _, name := range known {
			wrong.fixes = append(wrong.fixes, oneWord(name))
		}
	}
	return wrong
}

// shortest is how many letters of a name are enough to find it.
const shortest = 2

// having returns the names that contain the text as whole words.
func having(kind string, names []string, text string) []meaning {
	part := typed.Letters(text)
	if len(part) < shortest || isFiller(typed.Word{Text: text}) {
		return nil
	}
	var found []meaning
	for _, name := range names {
		if strings.Contains(" "+typed.Letters(name)+" ", " "+part+" ") {
			found = append(found, meaning{kind, name})
		}
	}
	return found
}

// ambiguous asks which of several things is meant.
func ambiguous(at []typed.Word, means []meaning) *problem {
	wrong := &problem{sentence: fmt.Sprintf("%s can mean several things. Which one?", blocks.Quote(typed.Plain(at))), at: at}
	for _, m := range means[:min(typed.MaxOffers, len(means))] {
		wrong.fixes = append(wrong.fixes, m.typed())
	}
	return wrong
}

// named is what the words of a question name, apart from its period, breakdown and top.
type named struct {
	product, usageType, region, measure, service, team, charges billing.Names

	leftOut bool // there were words without a meaning
}

// maxNameWords bounds the work that a long text can cause: no product and usage type have so many words.
const maxNameWords = 24

// ownersOf returns the products that have the usage type.
func ownersOf(catalog billing.Catalog, usageType string) []string {
	var owners []string
	for _, p := range catalog.Products {
		if slices.Contains(catalog.UsageTypes(p.ID), usageType) {
			owners = append(owners, p.ID)
		}
	}
	return owners
}
