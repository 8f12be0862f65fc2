package fastly

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
)

// story is what Fastly does about the statements of a month, one after the other. The simulated Fastly keeps its own account of what is due,
// by what was meant; the client sees the list alone.
type story struct {
	t      *testing.T
	server *fastlysim.Server
	posted []string
}

func (s *story) credit(id, part string) string {
	s.t.Helper()
	note, err := s.server.CreditNote(id, dec(part))
	s.did("credit "+part+" of "+id+" by "+note.ID, err)
	return note.ID
}

func (s *story) again(id, factor string) string {
	s.t.Helper()
	made, err := s.server.IssueAgain(id, dec(factor))
	s.did("issue "+id+" again as "+made.ID+", times "+factor, err)
	return made.ID
}

func (s *story) void(id string) {
	s.t.Helper()
	s.did("void "+id, s.server.Void(id))
}

func (s *story) split(id string, day int) string {
	s.t.Helper()
	_, second, err := s.server.Split(id, day)
	s.did("split "+id+", the rest is "+second.ID, err)
	return second.ID
}

func (s *story) did(what string, err error) {
	s.t.Helper()
	if s.posted = append(s.posted, what); err != nil {
		s.t.Fatal(err)
	}
}

func TestABillIsWhatFastlyMeant(t *testing.T) {
	may := june2023.Add(-1)
	for _, tt := range []struct {
		name string
		tell func(s *story, id string)
	}{
		{"the whole is credited", func(s *story, id string) { s.credit(id, "1") }},
		{"it is credited and corrected", func(s *story, id string) { s.credit(id, "1"); s.again(id, "0.97") }},
		{"it is credited and corrected to a third", func(s *story, id string) { s.credit(id, "1"); s.again(id, "0.3") }},
		{"a tenth is credited", func(s *story, id string) { s.credit(id, "0.1") }},
		{"a tenth is credited twice", func(s *story, id string) { s.credit(id, "0.1"); s.credit(id, "0.1") }},
		{"it is corrected alone", func(s *story, id string) { s.again(id, "0.97") }},
		{"it is corrected twice", func(s *story, id string) { s.again(s.again(id, "0.97"), "1.02") }},
		{"it is corrected in turns", func(s *story, id string) {
			s.credit(id, "1")
			id = s.again(id, "0.9")
			s.credit(id, "1")
			s.again(id, "1.3")
		}},
		{"a credit note is void", func(s *story, id string) { s.void(s.credit(id, "1")) }},
		{"the correction is void", func(s *story, id string) { s.credit(id, "1"); s.void(s.again(id, "0.97")); s.again(id, "0.96") }},
		{"it is void and issued again", func(s *story, id string) { again := s.again(id, "0.3"); s.void(id); s.credit(again, "0.5") }},
		{"it is split", func(s *story, id string) { s.split(id, 15) }},
		{"it is split in three", func(s *story, id string) { s.split(s.split(id, 10), 20) }},
		{"it is split, and a half is corrected", func(s *story, id string) { second := s.split(id, 15); s.credit(second, "1"); s.again(second, "0.9") }},
		{"it is split, and the other half is credited in part", func(s *story, id string) { s.split(id, 20); s.credit(id, "0.25") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server, client := invoiced(t, fastlysim.Config{}, func(*account.Invoicing) {})
			s := &story{t: t, server: server}
			tt.tell(s, server.Invoice(may.String()).ID)
			checkDue(t, s, client, may)
		})
	}
}

// In random stories credit notes are of the whole or a tenth, and corrections are as large as those are in truth.
func TestABillIsWhatFastlyMeantInRandomStories(t *testing.T) {
	may := june2023.Add(-1)
	for seed := range uint64(25) {
		server, client := invoiced(t, fastlysim.Config{}, func(*account.Invoicing) {})
		s, random := &story{t: t, server: server}, rand.New(rand.NewPCG(seed, 4))
		id := server.Invoice(may.String()).ID
		if random.IntN(3) == 0 {
			id = s.split(id, 5+random.IntN(20))
		}
		for range random.IntN(5) {
			switch random.IntN(4) {
			case 0:
				s.credit(id, "1")
				id = s.again(id, []string{"0.3", "0.8", "0.95", "1.1", "3"}[random.IntN(5)])
			case 1:
				id = s.again(id, []string{"0.9", "0.95", "1.05"}[random.IntN(3)])
			case 2:
				s.credit(id, "0.1")
			case 3:
				s.void(s.again(id, "0.9"))
			}
		}
		checkDue(t, s, client, may)
	}
}

func checkDue(t *testing.T, s *story, client *Client, month billing.Month) {
	t.Helper()
	bills, err := client.Bills(t.Context(), billing.One(month))
	if err != nil {
		t.Fatal(err)
	}
	total := decimal.Decimal{}
	for _, bill := range bills {
		checkSum(t, bill)
		total = total.Add(bill.Total)
	}
	if due := s.server.Due(month.String()); !total.Equal(due) {
		t.Errorf("the month comes to %s, and %s are due, after: %s\nremarks: %s", total, due, strings.Join(s.posted, "; "), bills[0].Remarks)
	}
}
