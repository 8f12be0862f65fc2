package fastlysim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim/account"
)

// octobers is an account whose only invoice is one of October over 800 of usage
// and 78 of fees.
func octobers(t *testing.T) *Server {
	s := begin(t, Config{Account: invoiced(nil)})
	s.SetInvoices(account.Invoice{
		Month: "2026-10", ID: "INV-1", Amount: number("878"),
		Items: []account.LineItem{account.Delivered("Europe", "Bandwidth", "10000", "0.08", "800"), account.FlatFee("TLS Certificates", "TLS", "78")},
	})
	return s
}

func TestWhatIsDoneAboutAStatement(t *testing.T) {
	credit := func(id, part string) func(*Server) error {
		return func(s *Server) error { _, err := s.CreditNote(id, number(part)); return err }
	}
	again := func(id, factor string) func(*Server) error {
		return func(s *Server) error { _, err := s.IssueAgain(id, number(factor)); return err }
	}
	void := func(id string) func(*Server) error { return func(s *Server) error { return s.Void(id) } }
	split := func(id string, day int) func(*Server) error {
		return func(s *Server) error { _, _, err := s.Split(id, day); return err }
	}
	for _, c := range []struct {
		name   string
		done   []func(*Server) error
		due    string
		listed string // by id
	}{
		{"nothing", nil, "878", "INV-1 878"},
		{"the whole is credited", []func(*Server) error{credit("INV-1", "1")}, "0", "INV-1 878, INV-2 -878"},
		{"a tenth is credited", []func(*Server) error{credit("INV-1", "0.1")}, "790.2", "INV-1 878, INV-2 -87.8"},
		{"it is credited and issued again", []func(*Server) error{credit("INV-1", "1"), again("INV-1", "0.5")}, "478", "INV-1 878, INV-2 -878, INV-3 478"},
		{"it is issued again alone", []func(*Server) error{again("INV-1", "0.975")}, "858", "INV-1 878, INV-2 858"},
		{"a part is credited, and it is issued again beside", []func(*Server) error{credit("INV-1", "0.1"), again("INV-1", "1.1")}, "870.2", "INV-1 878, INV-2 -87.8, INV-3 958"},
		{"it is void", []func(*Server) error{void("INV-1")}, "0", "INV-1 878 void"},
		{"the correction is void", []func(*Server) error{credit("INV-1", "1"), again("INV-1", "0.5"), void("INV-3")}, "0", "INV-1 878, INV-2 -878, INV-3 478 void"},
		{"the correction is void without a credit note", []func(*Server) error{again("INV-1", "0.5"), void("INV-2")}, "878", "INV-1 878, INV-2 478 void"},
		{"the credit note is void", []func(*Server) error{credit("INV-1", "1"), void("INV-2")}, "878", "INV-1 878, INV-2 -878 void"},
		{"it is split", []func(*Server) error{split("INV-1", 15)}, "878", "INV-1 465.1, INV-2 412.9"},
		{"it is split, and a half is credited", []func(*Server) error{split("INV-1", 15), credit("INV-2", "1")}, "465.1", "INV-1 465.1, INV-2 412.9, INV-3 -412.9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := octobers(t)
			for _, do := range c.done {
				if err := do(s); err != nil {
					t.Fatal(err)
				}
			}
			if got := s.Due("2026-10"); !got.Equal(number(c.due)) {
				t.Errorf("%s are due, want %s", got, c.due)
			}
			var listed []string
			for _, i := range listInvoices(t, s, "billing_start_date=2026-10-01&billing_end_date=2026-11-01").Data {
				text := i.ID + " " + i.Amount.String()
				if i.Status == account.VoidStatus {
					text += " void"
				}
				sum := decimal.Zero
				for _, item := range i.Items {
					sum = sum.Add(item.Amount)
				}
				if !sum.Equal(i.Amount) {
					t.Errorf("the lines of %s come to %s, not to %s", i.ID, sum, i.Amount)
				}
				listed = append(listed, text)
			}
			slices.Sort(listed)
			if got := strings.Join(listed, ", "); got != c.listed {
				t.Errorf("listed are %s, want %s", got, c.listed)
			}
		})
	}
}

func TestTheDaysOfASplitInvoiceMeet(t *testing.T) {
	first, second, err := octobers(t).Split("INV-1", 15)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(first.Start.Day(), "-", first.End.Day(), " ", second.Start.Day(), "-", second.End.Day())
	if got != "1-15 16-31" || !first.Items[0].Units.Add(second.Items[0].Units).Equal(number("10000")) {
		t.Errorf("days %s, units %s and %s", got, first.Items[0].Units, second.Items[0].Units)
	}
}

// What is done about a statement holds from then on, and not before.
func TestWhatIsDoneAboutAGeneratedStatement(t *testing.T) {
	now := november
	s := begin(t, Config{Clock: func() time.Time { return now }, Account: invoiced(nil)})
	before := s.Invoice("2026-09")
	now = november.Add(time.Hour)
	credit, err := s.CreditNote(before.ID, number("1"))
	if err != nil {
		t.Fatal(err)
	}
	now = november.Add(2 * time.Hour)
	corrected, err := s.IssueAgain(before.ID, number("0.9"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at   time.Time
		want decimal.Decimal
	}{{november, before.Amount}, {november.Add(time.Hour), decimal.Zero}, {now, corrected.Amount}} {
		if got := s.DueAt("2026-09", c.at); !got.Equal(c.want) {
			t.Errorf("at %s %s were due, want %s", c.at, got, c.want)
		}
	}
	if !credit.Amount.Equal(before.Amount.Neg()) || !corrected.Amount.LessThan(before.Amount) || credit.ID == corrected.ID {
		t.Errorf("credited %s, corrected %s of %s", credit.Amount, corrected.Amount, before.Amount)
	}
	if err := s.Restate("2026-08", "cdn_usage", "Asia Requests", number("2")); err != nil {
		t.Fatal(err)
	}
	if got := s.Due("2026-08"); !got.Equal(s.Invoice("2026-08").Amount) {
		t.Errorf("a restated month costs %s", got)
	}
}

func TestWhatCannotBeDoneAboutAStatement(t *testing.T) {
	s := octobers(t)
	for name, do := range map[string]func() error{
		"credit of nobody's": func() error { _, err := s.CreditNote("INV-9", number("1")); return err },
		"credit of nothing":  func() error { _, err := s.CreditNote("INV-1", number("0")); return err },
		"credit of too much": func() error { _, err := s.CreditNote("INV-1", number("1.1")); return err },
		"below zero":         func() error { _, err := s.IssueAgain("INV-1", number("-1")); return err },
		"void of nobody's":   func() error { return s.Void("INV-9") },
		"split at the end":   func() error { _, _, err := s.Split("INV-1", 31); return err },
		"split of nobody's":  func() error { _, _, err := s.Split("INV-9", 15); return err },
		"what is void is void": func() error {
			_ = s.Void("INV-1") // or another case has done so
			return s.Void("INV-1")
		},
	} {
		if do() == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
