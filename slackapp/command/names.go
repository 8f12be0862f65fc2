package command

import (
	"fmt"
	"slices"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/period"
	"budgetbot/slackapp/command/typed"
)

// resolve finds what the words name, in any case and order. It never guesses: an unknown name is a problem with the nearest known ones.
func resolve(names []typed.Word, account Account) (named, *problem) {
	catalog := account.Catalog
	if len(names) == 0 {
		return named{}, nil
	}
	whole := typed.Plain(names)
	if product, ok := typed.Pick(whole, catalog.ProductIDs()); ok {
		return named{product: billing.NamesOf(product)}, nil
	}
	if t, ok := typed.Pick(whole, catalog.UsageTypes("")); ok && !isMeasure(names) {
		found := named{usageType: billing.NamesOf(t)}
		if owners := ownersOf(catalog, t); len(owners) == 1 {
			found.product = billing.NamesOf(owners[0])
		}
		return found, nil
	}
	for _, split := range splits(names) {
		product, ok := typed.Pick(typed.Plain(split.product), catalog.ProductIDs())
		if !ok {
			continue
		}
		rest := typed.Plain(split.rest)
		if t, found := typed.Pick(rest, catalog.UsageTypes(product)); found {
			return named{product: billing.NamesOf(product), usageType: billing.NamesOf(t)}, nil
		}
	}
	if found, ok, wrong := selected(names, account); ok || wrong != nil {
		return found, wrong
	}
	wrong := (*problem)(nil)
	if telling := slices.DeleteFunc(slices.Clone(names), isFiller); len(telling) < len(names) {
		var found named
		if found, wrong = resolve(telling, account); wrong == nil {
			found.leftOut = true
			return found, nil
		}
	}
	if among := unknownAmong(names, account); among != nil {
		return named{}, among
	}
	if wrong == nil {
		wrong = unknownName(names, account)
	}
	return named{}, wrong
}

// unknownName says which of the names is unknown, and what the person may have meant.
func unknownName(names []typed.Word, account Account) *problem {
	catalog := account.Catalog
	if len(catalog.Products) == 0 {
		if wrong := unknownPeriod(names); wrong != nil {
			return wrong
		}
		whole := typed.Plain(names)
		return &problem{sentence: fmt.Sprintf("I don't know this account's products yet, so I can't look up %s.", blocks.Quote(whole)), name: whole}
	}
	for _, s := range splits(names) {
		if product, ok := typed.Pick(typed.Plain(s.product), catalog.ProductIDs()); ok {
			return unknownType(product, s, catalog)
		}
	}
	if near := billing.Nearest(typed.Plain(names), catalog.ProductIDs()); len(near) > 0 {
		return suggest(names, "There's no product called", near)
	}
	if near := nearTypes(names, catalog.UsageTypes("")); len(near) > 0 {
		return suggest(names, "There's no usage type called", near)
	}
	for _, s := range splits(names) {
		if near := billing.Nearest(typed.Plain(s.product), catalog.ProductIDs()); len(near) > 0 {
			return suggest(s.product, "There's no product called", near)
		}
	}
	if wrong := unknownPeriod(names); wrong != nil {
		return wrong
	}
	if means := account.near(typed.Plain(names)); len(means) > 0 {
		if means[0].kind == kindService && len(account.begun(typed.Plain(names))) > 1 {
			wrong := ambiguous(names, means)
			wrong.name = typed.Plain(names)
			return wrong
		}
		return nothingCalled(names, means)
	}
	if near := billing.NearestByWord(typed.Plain(names), catalog.ProductIDs()); len(near) > 0 {
		return suggest(names, "There's no product called", near)
	}
	return strange(names, catalog)
}

// unknownType is the problem of words that name a known product and an unknown usage type.
func unknownType(product string, s split, catalog billing.Catalog) *problem {
	if t, ok := typed.Pick(typed.Plain(s.rest), catalog.UsageTypes("")); ok {
		owner := ownersOf(catalog, t)[0]
		return &problem{
			sentence: fmt.Sprintf("%s is a usage type of %s, not of %s.", blocks.Quote(t), blocks.Quote(owner), blocks.Quote(product)),
			at:       s.product,
			fixes:    []string{quoted(owner)},
		}
	}
	near := nearTypes(s.rest, catalog.UsageTypes(product))
	if wrong := unknownPeriod(s.rest); len(near) == 0 && wrong != nil {
		return wrong
	}
	wrong := suggest(s.rest, blocks.Quote(product)+" has no usage type called", near)
	if len(near) == 0 {
		wrong.fixes = []string{""}
		wrong.hint = "Its usage types: " + blocks.List(catalog.UsageTypes(product)) + "."
	}
	return wrong
}

// strange is for words that are near nothing.
func strange(names []typed.Word, catalog billing.Catalog) *problem {
	whole := typed.Plain(names)
	if isBetween(names[0]) && len(names) > 1 { // "october vs weather"
		whole = typed.Plain(names[1:])
	}
	seen := billing.Range{First: catalog.First, Last: catalog.Last}
	return &problem{
		sentence: fmt.Sprintf("There's nothing called %s in %s.", blocks.Quote(whole), blocks.Period(seen)),
		at:       names,
		fixes:    []string{"", string(report.ShowProducts)},
		name:     whole,
	}
}

// onTheBill is the problem of a name that only the bill has, and so no usage; nil for any other name.
func (n Names) onTheBill(p parts, account Account) *problem {
	p.Cost = true
	catalog, err := n.read(p)
	if err != nil {
		return nil
	}
	account.Catalog = catalog
	asked, wrong := p.asked(account)
	if wrong != nil || asked.LeftOut {
		return nil
	}
	before := asked
	before.Question.Months = period.Moved(asked.Question.Months, -1)
	return &problem{
		sentence: blocks.Quote(typed.Plain(p.names)) + " is on the bill, and isn't usage.",
		fixes:    []string{asked.Text(), before.Text()},
	}
}

// suggest says that nothing has the name that the words are, and offers the near ones.
func suggest(name []typed.Word, lead string, near []string) *problem {
	wrong := &problem{sentence: fmt.Sprintf("%s %s.", lead, blocks.Quote(typed.Plain(name))), at: name, name: typed.Plain(name)}
	near = near[:min(typed.MaxOffers, len(near))]
	if len(near) == 0 {
		return wrong
	}
	for _, n := range near {
		wrong.fixes = append(wrong.fixes, quoted(n))
	}
	wrong.sentence += typed.DidYouMean(near)
	return wrong
}
