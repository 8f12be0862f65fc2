package command

import (
	"slices"
	"strings"
	"testing"

	"budgetbot/billing"
)

func TestServicesAreFoundByTheirWords(t *testing.T) {
	const several = "`video` can mean several things. Which one?"
	for _, test := range []struct {
		name, text, services, sentence string
		corrected                      []string
	}{
		{
			"the largest come first, and last the glob for all", "video", "video-vod video-live video-eu www", several,
			[]string{"service video-vod", "service video-live", `service "video-*"`},
		},
		{"words inside of names are asked back, too", "vod", "video-vod vod-archive www", "`vod` can mean several things. Which one?", []string{"service video-vod", "service vod-archive"}},
		{"of several words in their order", "media assets", "media-assets-prod media-old-assets assets-media", "`media assets` can mean several things. Which one?", []string{"service media-assets-prod", "service media-old-assets"}},
		{
			"the glob has the letters of the names", "VIDEO", "Video-VOD Video-live", "`VIDEO` can mean several things. Which one?",
			[]string{"service Video-VOD", "service Video-live", `service "Video-*"`},
		},
		{"no glob is offered that does not match all", "video", "video-vod video_live", several, []string{"service video-vod", "service video_live"}},
		{
			"behind the kind", "service video", "video-vod video-live", "`service video` can mean several things. Which one?",
			[]string{"service video-vod", "service video-live", `service "video-*"`},
		},
		{
			"beside another name", "www and video", "www video-vod video-live",
			several,
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
	for _, test := range []struct{ name, text, services, means string }{
		{"one alone is meant", "video", "video-vod www", "video-vod"},
		{"and by words inside of its name", "vod", "video-vod www", "video-vod"},
		{"by several words in their order", "media assets", "media-assets-prod assets-media www", "media-assets-prod"},
		{"with others between them", "media prod", "media-assets-prod www", "media-assets-prod"},
		{"behind the kind", "service prod", "media-assets-prod www", "media-assets-prod"},
		{"before a name that is spelled much alike", "media-assets", "media-asset media-assets-prod", "media-assets-prod"},
		{"a whole name comes before one that has its words", "video", "video video-vod", "video"},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked, mistake, err := Understand(test.text, corpusNow, Names{
				Read:     func(billing.Range, bool) (billing.Catalog, error) { return corpusCatalog(), nil },
				Services: func(billing.Range) ([]string, error) { return strings.Fields(test.services), nil },
			})
			if err != nil || mistake != nil || string(asked.Question.Service) != test.means {
				t.Errorf("%q is %s, %+v, %v; want the service %s", test.text, asked.Text(), mistake, err, test.means)
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
