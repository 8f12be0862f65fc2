package command

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
)

// maxOffers is how many corrections a mistake offers.
const maxOffers = 3

// named is what the words of a question that are no period, breakdown or top were found to mean.
type named struct{ product, usageType string }

// resolve finds the product, the usage type or both that the words name, in any case and in either order. Names are never
// guessed: one that is not known is a problem with the nearest known ones.
func resolve(names []word, catalog billing.Catalog) (named, *problem) {
	if len(names) == 0 {
		return named{}, nil
	}
	whole := plain(names)
	if p, ok := productNamed(catalog, whole); ok {
		return named{product: p.ID}, nil
	}
	if t, ok := pick(whole, catalog.UsageTypes("")); ok {
		return named{product: onlyOwner(catalog, t), usageType: t}, nil
	}
	for _, split := range splits(names) {
		p, ok := productNamed(catalog, split.product)
		if !ok {
			continue
		}
		if other, isProduct := productNamed(catalog, split.rest); isProduct {
			return named{}, twoProducts(p.ID, other.ID)
		}
		if t, found := pick(split.rest, catalog.UsageTypes(p.ID)); found {
			return named{p.ID, t}, nil
		}
	}
	return named{}, unknownName(names, catalog)
}

// split is one way to read words as a product and the rest.
type split struct{ product, rest string }

// maxNameWords bounds the work that a long text can cause: no product and usage type have so many words.
const maxNameWords = 24

// splits returns every way, the longest product first.
func splits(names []word) []split {
	if len(names) > maxNameWords {
		return nil
	}
	var all []split
	for n := len(names) - 1; n > 0; n-- {
		all = append(all,
			split{plain(names[:n]), plain(names[n:])},
			split{plain(names[len(names)-n:]), plain(names[:len(names)-n])})
	}
	return all
}

func plain(names []word) string {
	texts := make([]string, len(names))
	for i, w := range names {
		texts[i] = w.text
	}
	return strings.Join(texts, " ")
}

func productNamed(catalog billing.Catalog, text string) (billing.Product, bool) {
	id, ok := pick(text, catalog.ProductIDs())
	if !ok {
		return billing.Product{}, false
	}
	return catalog.Product(id)
}

// pick returns the name that the text is: as it stands, else in another case, else but for punctuation, provided that only
// one is.
func pick(text string, names []string) (string, bool) {
	if slices.Contains(names, text) {
		return text, true
	}
	folded := letters(text)
	same := func(name string) bool { return strings.EqualFold(name, text) }
	samePlain := func(name string) bool { return folded != "" && folded == letters(name) }
	for _, isIt := range []func(string) bool{same, samePlain} {
		if i := slices.IndexFunc(names, isIt); i >= 0 {
			return names[i], !slices.ContainsFunc(names[i+1:], isIt)
		}
	}
	return "", false
}

// letters returns the letters and digits of a name in lower case, with one space for whatever stands between them.
func letters(name string) string {
	if strings.Contains(name, "&") {
		name = unescape.Replace(name)
	}
	var b strings.Builder
	b.Grow(len(name))
	gap := false
	for _, r := range name {
		switch {
		case r >= utf8.RuneSelf && unicode.Is(unicode.Cf, r):
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			gap = b.Len() > 0
		default:
			if gap {
				b.WriteByte(' ')
				gap = false
			}
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// onlyOwner returns the one product that has the usage type, or nothing where several have.
func onlyOwner(catalog billing.Catalog, usageType string) string {
	owners := ownersOf(catalog, usageType)
	if len(owners) != 1 {
		return ""
	}
	return owners[0]
}

func ownersOf(catalog billing.Catalog, usageType string) []string {
	var owners []string
	for _, p := range catalog.Products {
		if slices.Contains(catalog.UsageTypes(p.ID), usageType) {
			owners = append(owners, p.ID)
		}
	}
	return owners
}

func twoProducts(a, b string) *problem {
	return &problem{sentence: "One product at a time, or none for all of them.", fixes: []string{quoted(a), quoted(b)}}
}

// unknownName says which of the names is not known, and what it may have been meant to be.
func unknownName(names []word, catalog billing.Catalog) *problem {
	whole := plain(names)
	if len(catalog.Products) == 0 {
		if wrong := unknownPeriod(whole); wrong != nil {
			return wrong
		}
		return &problem{sentence: fmt.Sprintf("I don't know this account's products yet, so I can't look up %s.", blocks.Quote(whole)), name: whole}
	}
	for _, s := range splits(names) {
		if p, ok := productNamed(catalog, s.product); ok {
			return unknownType(p.ID, s.rest, catalog)
		}
	}
	if near := billing.Nearest(whole, catalog.ProductIDs()); len(near) > 0 {
		return suggest(whole, "There's no product called", "", near)
	}
	if near := nearTypes(whole, catalog.UsageTypes("")); len(near) > 0 {
		return suggest(whole, "There's no usage type called", "", near)
	}
	if wrong := unknownProduct(names, catalog); wrong != nil {
		return wrong
	}
	if wrong := unknownPeriod(whole); wrong != nil {
		return wrong
	}
	return strange(whole, catalog)
}

// unknownType is the problem of words that begin with a known product but name an unknown usage type.
func unknownType(product, rest string, catalog billing.Catalog) *problem {
	if t, ok := pick(rest, catalog.UsageTypes("")); ok {
		owners := ownersOf(catalog, t)
		return &problem{
			sentence: fmt.Sprintf("%s is a usage type of %s, not of %s.", blocks.Quote(t), blocks.Quote(owners[0]), blocks.Quote(product)),
			fixes:    []string{quoted(owners[0]) + " " + quoted(t), quoted(product)},
		}
	}
	near := nearTypes(rest, catalog.UsageTypes(product))
	if wrong := unknownPeriod(rest); len(near) == 0 && wrong != nil {
		return wrong.between("", " "+quoted(product))
	}
	wrong := suggest(rest, blocks.Quote(product)+" has no usage type called", quoted(product)+" ", near)
	if len(near) == 0 {
		wrong.fixes = []string{quoted(product)}
		wrong.hint = "Its usage types: " + List(catalog.UsageTypes(product)) + "."
	}
	return wrong
}

// unknownProduct is for words that are a usage type after something near a product.
func unknownProduct(names []word, catalog billing.Catalog) *problem {
	for _, s := range splits(names) {
		for _, id := range billing.Nearest(s.product, catalog.ProductIDs()) {
			wrong := suggest(s.product, "There's no product called", "", []string{id})
			if t, ok := pick(s.rest, catalog.UsageTypes(id)); ok {
				return wrong.between("", " "+quoted(t))
			}
			if near := nearTypes(s.rest, catalog.UsageTypes(id)); len(near) > 0 {
				return wrong.between("", " "+quoted(near[0]))
			}
		}
	}
	return nil
}

// strange is for words that are near nothing.
func strange(whole string, catalog billing.Catalog) *problem {
	when := "in "
	seen := billing.Range{First: catalog.First, Last: catalog.Last}
	if seen.Len() > 1 {
		when = "from "
	}
	return &problem{
		sentence: fmt.Sprintf("%s is not a product or usage type that had usage %s%s.", blocks.Quote(whole), when, spokenRange(seen)),
		hint:     "Products then: " + List(catalog.ProductIDs()) + ". For services, add `by service`.",
		fixes:    []string{""},
		name:     whole,
	}
}

// suggest says that nothing has this name and offers the near ones, each after the words before.
func suggest(name, lead, before string, near []string) *problem {
	wrong := &problem{sentence: fmt.Sprintf("%s %s.", lead, blocks.Quote(name)), name: name}
	near = near[:min(maxOffers, len(near))]
	if len(near) == 0 {
		return wrong
	}
	shown := make([]string, len(near))
	for i, n := range near {
		shown[i] = blocks.Quote(n)
		wrong.fixes = append(wrong.fixes, before+quoted(n))
	}
	wrong.sentence += " Did you mean " + strings.Join(shown, " or ") + "?"
	return wrong
}

// nearTypes returns the usage types that a text is near, or else is a part of.
func nearTypes(text string, names []string) []string {
	if near := billing.Nearest(text, names); len(near) > 0 {
		return near
	}
	var having []string
	part := letters(text)
	for _, name := range names {
		if len(part) >= 3 && strings.Contains(letters(name), part) {
			having = append(having, name)
		}
	}
	return having
}

// List returns names for a sentence, and how many more there are where they are many.
func List(names []string) string {
	const most = 8
	shown := make([]string, 0, most)
	for _, n := range names[:min(most, len(names))] {
		shown = append(shown, blocks.Quote(n))
	}
	text := strings.Join(shown, ", ")
	if more := len(names) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
