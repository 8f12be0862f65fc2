package servicetest

import "testing"

func TestARepeatedKeyIsFound(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, line, want string }{
		{"a line of the log", `{"level":"info","msg":"level","n":1}`, ""},
		{"a key that stands twice", `{"level":"info","msg":"spoken","level":80}`, "level"},
		{"keys of objects within it are their own", `{"a":{"a":1},"b":[{"a":1},{"a":"a"},"a"],"c":"a"}`, ""},
		{"one that stands twice in an object within", `{"a":[{"b":{}, "b":[]}]}`, "b"},
		{"a line of text", "checked\tlevel level", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, _ := repeatedKey(tt.line); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
