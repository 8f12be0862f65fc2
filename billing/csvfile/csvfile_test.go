package csvfile

import (
	"testing"

	"github.com/shopspring/decimal"
)

func TestPlainCell(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"a name stays as it is", "shop-images (EU) a=b; c", "shop-images (EU) a=b; c"},
		{"a name beyond ASCII stays as it is", "Müller 😀", "Müller 😀"},
		{"nothing stays nothing", "", ""},
		{"a formula", "=1+1", "'=1+1"},
		{"an at sign", "@SUM(A1)", "'@SUM(A1)"},
		{"a minus and a plus", "-+1", "'-+1"},
		{"a formula behind a line feed", "\n=1+1", "'=1+1"},
		{"a formula behind a tab and a blank", "\t =1+1", "'=1+1"},
		{"a formula behind a mark that is not seen", "\u200b=1+1", "'=1+1"},
		{"a formula behind a joiner, which emoji need", "\u200d=1+1", "'\u200d=1+1"},
		{"signs of full width", "＝1＋1", "'＝1＋1"},
		{"small signs", "﹦1", "'﹦1"},
		{"a formula behind a semicolon", "x;=1+1", "x;'=1+1"},
		{"each formula behind a semicolon", ";; ＠a;-b", ";;' ＠a;'-b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := PlainCell(tt.text); got != tt.want {
				t.Errorf("PlainCell(%q) = %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestAnUnknownFigureIsAnEmptyCell(t *testing.T) {
	for _, tt := range []struct {
		name   string
		figure decimal.NullDecimal
		want   string
	}{
		{"one that is known is exact", decimal.NewNullDecimal(decimal.New(-12345, -3)), "-12.345"},
		{"zero is known", decimal.NewNullDecimal(decimal.Decimal{}), "0"},
		{"an unknown figure leaves its cell empty", decimal.NullDecimal{}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Figure(tt.figure); got != tt.want {
				t.Errorf("the cell is %q, want %q", got, tt.want)
			}
		})
	}
}
