package samples

import (
	"bytes"
	"encoding/json"
	"testing"

	"budgetbot/slackapp/view/alert"
	"budgetbot/slackapp/view/sampledata"
)

func TestTheModalIsAsItWas(t *testing.T) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetIndent("", " ")
	line := sampledata.Line(sampledata.Hostile, sampledata.Hostile, sampledata.Bandwidth, 1, 2, 80)
	if err := encoder.Encode(alertview.AskReason(line, "metadata")); err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "modal-reason.json", b.Bytes())
}
