package alertview

import (
	"strings"
	"testing"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/sampledata"
)

func TestEveryRefusalCanBeShownWithoutMarkup(t *testing.T) {
	line := sampledata.Line("na-bandwidth", "NA", sampledata.Bandwidth, 402, 500, 80)
	for _, obstacle := range []alerts.Obstacle{
		alerts.ObstacleUnwatched, alerts.ObstacleNoAlert, alerts.ObstacleMonthOver, alerts.ObstacleAcknowledged, alerts.ObstacleMuted,
		alerts.ObstacleUnacknowledged, alerts.ObstacleUnmuted, alerts.ObstacleOthers, alerts.ObstacleChanged,
	} {
		text := blocks.PlainText(AnswerRefused(&alerts.Refusal{Obstacle: obstacle}, line, "/budget", sampledata.Now))
		if strings.ContainsAny(text, "*<>") || text == "Nothing changed." {
			t.Errorf("%s: %q has markup or says nothing", obstacle, text)
		}
	}
}
