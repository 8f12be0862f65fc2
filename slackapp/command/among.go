package command

import (
	"slices"
	"strings"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/typed"
)

// piece is one of several names.
type piece struct {
	means   []meaning    // of an unknown name: what the person may have meant
	unknown []typed.Word // its words, if the name is unknown
}

// pieces takes several names apart as selected does, but skips the unknown ones.
func (a Account) pieces(names []typed.Word) (all []piece) {
	last, follows := "", false // whether the word before is unknown too, and of the same name
	for left := names; len(left) > 0; {
		if isBetween(left[0]) {
			left, follows = left[1:], false
			continue
		}
		kind := kindsTyped[strings.ToLower(left[0].Text)]
		if left[0].Quoted || len(left) == 1 {
			kind = ""
		}
		if kind != "" {
			left, last, follows = left[1:], kind, false
		}
		n, means := next(left, kind, last, "", a)
		switch {
		case n > 0:
			all, last, follows = append(all, piece{means: means}), means[0].kind, false
			if n < len(left) && left[n].Is(last) {
				n++ // "shop team"
			}
		case isFiller(left[0]):
			n, follows = 1, false
		default:
			if !follows {
				all = append(all, piece{})
			}
			end := &all[len(all)-1]
			end.unknown = append(end.unknown, left[0])
			n, follows = 1, true
		}
		left = left[n:]
	}
	return all
}

// unknownAmong says which of several names are unknown, and offers the question with the nearest names in their place, or without them. It returns nil for
// words that are near one name.
func unknownAmong(names []typed.Word, account Account) *problem {
	if len(account.Products) == 0 || account.isNearOne(names) {
		return nil
	}
	pieces := account.pieces(names)
	kinds := map[string]bool{}
	for _, p := range pieces {
		if len(p.unknown) == 0 {
			kinds[p.means[0].kind] = true
		}
	}
	var unknown, offers []string
	for i, p := range pieces {
		if len(p.unknown) == 0 {
			continue
		}
		if wrong := unknownPeriod(p.unknown); wrong != nil {
			return wrong
		}
		near := account.near(typed.Plain(p.unknown))
		if alike := slices.DeleteFunc(slices.Clone(near), func(m meaning) bool { return !kinds[m.kind] }); len(alike) > 0 {
			near = alike
		}
		unknown, pieces[i].means = append(unknown, typed.Plain(p.unknown)), near
		for _, m := range near {
			offers = append(offers, m.typed())
		}
	}
	isOfProduct := len(kinds) == 1 && kinds[kindProduct] && !slices.ContainsFunc(names, isBetween) // and so one of its usage types
	if len(pieces) < 2 || len(unknown) == 0 || len(offers) == 0 && (len(kinds) == 0 || isOfProduct) {
		return nil
	}
	each := blocks.Most(unknown, typed.MaxOffers, blocks.Quote, blocks.More)
	wrong := &problem{sentence: "There's nothing called " + billing.List(each, " or ") + ".", at: names, name: strings.Join(unknown, " ")}
	if len(unknown) == 1 && len(offers) > 0 {
		wrong.sentence += typed.DidYouMean(offers)
	}
	for i := range typed.MaxOffers {
		wrong.fixes = append(wrong.fixes, together(pieces, i))
	}
	return wrong
}

// together returns the pieces as a person can type them, each unknown one replaced by its nth near name or left out.
func together(pieces []piece, n int) string {
	var each []string
	for _, p := range pieces {
		switch {
		case len(p.means) == 0:
		case len(p.unknown) == 0:
			each = append(each, p.means[0].typed())
		default:
			each = append(each, p.means[min(n, len(p.means)-1)].typed())
		}
	}
	return strings.Join(each, " and ")
}
