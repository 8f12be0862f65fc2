package account

import (
	"strings"
	"testing"
)

func TestAPriceInSteps(t *testing.T) {
	steps := falling("0.3", 10, falling("0.2", 20, flat("0.125")))
	for _, c := range []struct{ name, units, want string }{
		{"nothing has no line", "0", ""},
		{"a part of the first step", "0.5", "0.5×0.3=0.15"},
		{"a whole step has no empty next one", "10", "10×0.3=3"},
		{"one unit into the last step", "21", "10×0.3=3 10×0.2=2 1×0.125=0.13"},
		{"half a cent goes away from zero", "20.04", "10×0.3=3 10×0.2=2 0.04×0.125=0.01"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, item := range (Price{Tiers: steps}).charge(number(c.units)) {
				got = append(got, item.Units.String()+"×"+item.Rate.String()+"="+item.Amount.String())
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
	if free := (Price{}).charge(number("7")); len(free) != 1 || !free[0].Units.Equal(number("7")) || !free[0].Amount.IsZero() {
		t.Errorf("without a price: %+v", free)
	}
}
