package typed

import "testing"

func TestPickANameAsItIsTyped(t *testing.T) {
	names := []string{"na-bandwidth", "Shop", "shop", "Compute Requests (Bundle)", "a.b", "a b"}
	for _, test := range []struct {
		name, text, want string // empty where none is picked
	}{
		{"as it stands", "na-bandwidth", "na-bandwidth"},
		{"in another case", "NA-Bandwidth", "na-bandwidth"},
		{"but for punctuation", "compute requests bundle", "Compute Requests (Bundle)"},
		{"as it stands, where another differs in case alone", "shop", "shop"},
		{"which of two is not guessed", "SHOP", ""},
		{"nor between two that differ in punctuation", "a-b", ""},
		{"a part of one is none", "na", ""},
		{"punctuation alone is none", "!", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok := Pick(test.text, names)
			if ok != (test.want != "") || ok && got != test.want {
				t.Errorf("%q is %q, %t; want %q", test.text, got, ok, test.want)
			}
		})
	}
}
