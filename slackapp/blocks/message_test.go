package blocks

import "testing"

func TestSmallType(t *testing.T) {
	for _, test := range []struct {
		name  string
		facts []string
		want  string
	}{
		{"the first fact has a capital letter", []string{"checked just now", "page 1 of 2"}, "Checked just now · page 1 of 2\n"},
		{"a name keeps its letters", []string{"vCPU time is in hours"}, "vCPU time is in hours\n"},
		{"code keeps its letters", []string{Code("na-bandwidth")}, "`na-bandwidth`\n"},
		{"there are three at most, the first ones", []string{"one", "two", "three", "four"}, "One · two · three\n"},
		{"an empty fact takes no place", []string{"", "one", "", "two", "three"}, "One · two · three\n"},
		{"without facts there is no block", []string{"", ""}, "\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := PlainText(Message{Blocks: Context("facts", test.facts...)}); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}
