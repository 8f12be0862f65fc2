package command

import (
	"slices"
	"strings"
	"testing"

	"budgetbot/billing"
)

func TestTheBeginningOfServicesIsAskedBack(t *testing.T) {
	const several = "`video` can mean several things. Which one?"
	for _, test := range []struct {
		name, text, services, sentence string
		corrected                      []string
	}{
		{
			"the largest come first, and last the glob for all", "video", "video-vod video-live video-eu www", several,
			[]string{"service video-vod", "service video-live", `service "video-*"`},
		},
		{"one alone is offered", "video", "video-vod www", "There's nothing called `video`. Did you mean `service video-vod`?", []string{"service video-vod"}},
		{
			"a beginning comes before a name that is spelled much alike", "media-assets", "media-asset media-assets-prod", "There's nothing called `media-assets`. Did you mean `service media-assets-prod`?",
			[]string{"service media-assets-prod"},
		},
		{
			"the glob has the letters of the names", "VIDEO", "Video-VOD Video-live", "`VIDEO` can mean several things. Which one?",
			[]string{"service Video-VOD", "service Video-live", `service "Video-*"`},
		},
		{"no glob is offered that does not match all", "video", "video-vod video_live", several, []string{"service video-vod", "service video_live"}},
		{
			"behind the kind", "service video", "video-vod video-live", "There's no service called `video`.",
			[]string{"service video-vod", "service video-live", `service "video-*"`},
		},
		{
			"beside another name", "www and video", "www video-vod video-live",
			"There's nothing called `video`. Did you mean `service video-vod`, `service video-live` or `service \"video-*\"`?",
			[]string{"service www and video-vod", "service www and video-live", `service www and "video-*"`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			names := Names{
				Read:     func(billing.Range, bool) (billing.Catalog, error) { return corpusCatalog(), nil },
				Services: func(billing.Range) ([]string, error) { return strings.Fields(test.services), nil },
			}
			_, mistake, err := Understand(test.text, corpusNow, names)
			if err != nil || mistake == nil {
				t.Fatalf("%q is no mistake, and the error is %v", test.text, err)
			}
			var corrected []string
			for _, text := range mistake.Corrected {
				corrected = append(corrected, strings.TrimPrefix(text, "2026-11 "))
				if _, wrong, _ := Understand(text, corpusNow, names); wrong != nil {
					t.Errorf("the offer %q is refused: %s", text, wrong.Sentence)
				}
			}
			if mistake.Sentence != test.sentence || !slices.Equal(corrected, test.corrected) {
				t.Errorf("%q gets %q and %q, want %q and %q", test.text, mistake.Sentence, corrected, test.sentence, test.corrected)
			}
		})
	}
	t.Run("a part of a word is no beginning", func(t *testing.T) {
		account := Account{Services: func() []string { return []string{"video-vod", "video-live"} }}
		if begun := account.begun("vide"); len(begun) > 0 {
			t.Errorf("vide begins %q", begun)
		}
	})
}
