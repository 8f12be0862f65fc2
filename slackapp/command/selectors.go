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
	// apart is set where a region with a measure is not the usage type of that name, but every one of that region and measure.
	apart bool
}

// The kinds of what a question may name, as they are typed before a name.
const (
	kindMeasure = "measure"
	kindProduct = "product"
	kindType    = "type"
	kindRegion  = "region"
	kindService = "service"
	kindTeam    = "team"
	kindCharges = "charges"
)

// measures are the words for what is counted, whichever product counts it.
var measures = map[string]string{
	"bandwidth": billing.NounBandwidth, "traffic": billing.NounBandwidth, "egress": billing.NounBandwidth,
	"requests": billing.NounRequests, "reqs": billing.NounRequests, "hits": billing.NounRequests,
}

// regionAliases are what people call Fastly's regions.
var regionAliases = map[string]string{
	"na": "North America", "us": "North America", "usa": "North America", "eu": "Europe", "sa": "South America", "latam": "South America",
	"apac": "Asia", "au": "Australia", "oceania": "Australia",
}

// typeAliases are what people call what Fastly has under another name.
var typeAliases = map[string]string{"support": "Customer Success"}

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

// selected reads the words as at most one measure, product, usage type, region, service and team, in any order. It reports false
// where a word is none of them. A region with a measure is the usage type of that name, where the account has one.
func selected(names []typed.Word, account Account) (found named, ok bool, wrong *problem) {
	for left := names; len(left) > 0; {
		kind := ""
		if left[0].Is(kindProduct, kindType, kindRegion, kindService, kindTeam) && len(left) > 1 {
			kind, left = strings.ToLower(left[0].Text), left[1:]
		}
		n, means := longest(left, kind, found.product, account)
		switch {
		case len(means) > 1:
			return named{}, false, ambiguous(left[:n], means)
		case len(means) == 0 && (kind == kindTeam || kind == kindRegion || kind == kindService):
			return named{}, false, account.noneCalled(kind, left)
		case len(means) == 0 || !found.set(means[0]):
			return named{}, false, nil
		}
		if left = left[n:]; len(left) > 0 && left[0].Is(means[0].kind) {
			left = left[1:] // "shop team"
		}
	}
	if found.usageType != "" && found.measure != "" {
		return named{}, false, nil // "asia bandwidth requests"
	}
	if !account.apart && found.region != "" && found.measure != "" && found.service == "" && found.team == "" {
		if t, known := typed.Pick(found.region+" "+found.measure, account.UsageTypes(found.product)); known {
			return named{product: ownersOf(account.Catalog, t)[0], usageType: t}, true, nil
		}
	}
	owners := ownersOf(account.Catalog, found.usageType)
	if found.product == "" && len(owners) == 1 {
		found.product = owners[0]
	}
	return found, len(owners) == 0 || found.product == "" || slices.Contains(owners, found.product), nil
}

// longest finds what the first words may name, as many of them as possible.
func longest(all []typed.Word, kind, product string, account Account) (n int, means []meaning) {
	for n = min(len(all), maxNameWords); n > 0; n-- {
		if means = account.meanings(all[:n], kind, product); len(means) > 0 {
			return n, means
		}
	}
	return 0, nil
}

// set adds a meaning to the question, which takes one of each kind.
func (f *named) set(m meaning) bool {
	into := map[string]*string{
		kindMeasure: &f.measure, kindProduct: &f.product, kindType: &f.usageType, kindRegion: &f.region, kindService: &f.service, kindTeam: &f.team,
		kindCharges: (*string)(&f.charges),
	}[m.kind]
	if *into != "" {
		return false
	}
	*into = m.name
	return true
}

// meanings are what the words may name: everything with exactly this name, else the products that contain it, else the regions, else the
// usage types. A kind or a product that was typed before narrows the search.
func (a Account) meanings(all []typed.Word, kind, product string) []meaning {
	text := typed.Plain(all)
	if strings.Contains(text, "*") {
		return a.matched(text, kind, product)
	}
	if measure, is := measures[strings.ToLower(text)]; is && kind == "" && !all[0].Quoted {
		return []meaning{{kindMeasure, measure}}
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
	if name, is := typed.Pick(text, a.services()); onlyTeam && (kind == "" || kind == kindService) && (len(exact) > 0 || len(partial) == 0 || kind != "") && is {
		exact = append(exact, meaning{kindService, name})
	}
	if alias := typeAliases[strings.ToLower(text)]; len(exact) == 0 && len(partial) == 0 && kind == "" && alias != "" {
		return having(kindType, a.UsageTypes(product), alias)
	}
	if i := slices.IndexFunc(exact, func(m meaning) bool { return m.name == text && m.kind != kindTeam && m.kind != kindService }); i >= 0 {
		return exact[i : i+1] // "object_storage" is the product, and not the usage type "Object Storage"
	}
	if len(exact) > 0 {
		return exact
	}
	return partial
}

func (a Account) services() []string {
	if a.Services == nil {
		return nil
	}
	return a.Services()
}

// matched are what a glob matches: usage types, or else services.
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

// near are the measures, regions, teams and services whose names are like the text.
func (a Account) near(text string) []meaning {
	var means []meaning
	for _, of := range []struct {
		kind  string
		names []string
	}{
		{kindMeasure, []string{billing.NounBandwidth, billing.NounRequests}}, {kindRegion, a.Regions}, {kindTeam, a.Teams}, {kindService, a.services()},
	} {
		for _, name := range billing.Nearest(text, of.names) {
			means = append(means, meaning{of.kind, name})
		}
	}
	return means[:min(typed.MaxOffers, len(means))]
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

// noneCalled says that no team, region or service has this name, and lists or offers those that there are.
func (a Account) noneCalled(kind string, names []typed.Word) *problem {
	text := typed.Plain(names)
	known := map[string][]string{kindTeam: a.Teams, kindRegion: a.Regions, kindService: a.services()}[kind]
	wrong := &problem{sentence: fmt.Sprintf("There's no %s called %s.", kind, blocks.Quote(text)), at: names, name: text}
	for _, near := range billing.Nearest(text, known) {
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

// shortest is how many letters a part of a name needs to find it.
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

// named is what the words of a question that are no period, breakdown or top were found to mean.
type named struct {
	product, usageType, region, measure, service, team string
	charges                                            billing.ChargeKind
	leftOut                                            bool // there were words that mean nothing
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
