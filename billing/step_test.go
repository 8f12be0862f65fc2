package billing

import "testing"

func TestAStepFromAnAmount(t *testing.T) {
	for _, test := range []struct {
		name, now, figure string
		way               Way
		want              string // how, and the amount
		fault             string
	}{
		{"another amount", "500 TB", "1 PB", WayTo, "1 PB", ""},
		{"a percentage more", "500 TB", "10%", WayUp, "10% more than 500 TB is 550 TB", ""},
		{"a percentage less", "500 TB", "10%", WayDown, "10% less than 500 TB is 450 TB", ""},
		{"a percentage of it", "500 TB", "110%", WayTo, "110% of 500 TB is 550 TB", ""},
		{"an amount more", "150 TB", "50 TB", WayUp, "50 TB more than 150 TB is 200 TB", ""},
		{"an amount less", "2 billion requests", "500 million requests", WayDown, "500 M requests less than 2 B requests is 1.5 B requests", ""},
		{"raising to more", "500 TB", "550 TB", WayRaise, "550 TB", ""},
		{"raising to less means by that much", "500 TB", "50 TB", WayRaise, "50 TB more than 500 TB is 550 TB", ""},
		{"money has cents", "84001 USD", "3.33%", WayUp, "3.33% more than 84001 USD is about 86798.23 USD", ""},
		{"two digits are enough", "150 TB", "3.333%", WayUp, "3.333% more than 150 TB is about 155 TB", ""},
		{"in the unit of the result", "900 GB", "33.337%", WayUp, "33.337% more than 900 GB is about 1.2 TB", ""},
		{"hours", "50000 hours", "10%", WayUp, "10% more than 50000 hours is 55000 hours", ""},
		{"Fastly's own quantity", "120", "10%", WayUp, "10% more than 120 is 132", ""},
		{"a tiny amount stays above zero", "1 bytes", "50%", WayDown, "50% less than 1 bytes is 0.5 bytes", ""},
		{"all of it less", "500 TB", "100%", WayDown, "", "100% less than 500 TB is not above zero"},
		{"more than all of it less", "500 TB", "1 PB", WayDown, "", "1 PB less than 500 TB is not above zero"},
		{"beyond all measure", "500 TB", "1000000000000000%", WayUp, "", "1000000000000000% more than 500 TB is more than Fastly could count"},
	} {
		t.Run(test.name, func(t *testing.T) {
			now, err := ParseAmount(test.now)
			if err != nil {
				t.Fatal(err)
			}
			step, err := ParseStep(test.figure, test.way)
			if err != nil || !step.Fits(now) {
				t.Fatalf("%+v does not fit %+v: %v", step, now, err)
			}
			amount, how, err := step.From(now)
			switch {
			case test.fault != "":
				if err == nil || err.Error() != test.fault {
					t.Errorf("%v, want %s", err, test.fault)
				}
			case err != nil:
				t.Error(err)
			case how+amount.String() != test.want:
				t.Errorf("%s%s, want %s", how, amount, test.want)
			}
			if again, err := ParseAmount(amount.String()); test.fault == "" && (err != nil || !again.Value.Equal(amount.Value)) {
				t.Errorf("%s reads as %s, %v", amount, again, err)
			}
		})
	}
}

func TestFiguresThatAreNoStep(t *testing.T) {
	for figure, want := range map[string]string{
		"0%":    "0% changes nothing",
		"-10%":  `"-10%" is below zero; an amount is above it`,
		"1e3%":  `"e3%" is not a unit`,
		"10%%":  `"%%" is not a unit`,
		"50":    "",
		"50 XB": `"XB" is not a unit`,
	} {
		_, err := ParseStep(figure, WayUp)
		if got := errText(err); (want == "") != (err == nil) || len(got) < len(want) || got[:len(want)] != want {
			t.Errorf("%s: %q, want %q", figure, got, want)
		}
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
