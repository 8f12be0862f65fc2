package account

import (
	"slices"
	"strconv"
	"strings"
)

// DefaultServiceNames are the largest services of the default account, largest
// first.
func DefaultServiceNames() []string {
	return []string{
		"media-assets-prod", "www-shop", "api-gateway", "video-vod", "shop-images",
		"static-assets", "api-mobile", "video-live", "downloads", "www-corporate",
		"media-thumbnails", "shop-checkout", "auth-login", "maps-tiles", "partner-api",
		"shop-search", "news-frontend", "fonts-static", "blog", "docs-portal",
	}
}

var (
	nameAreas = []string{"shop", "media", "www", "api", "video", "app", "static", "campaign", "partner", "data", "images", "internal"}
	nameParts = []string{
		"catalog", "assets", "frontend", "events", "player", "feed", "landing", "profile", "stories", "reports",
		"uploads", "widgets", "offers", "reviews", "archive", "sync", "export", "preview", "podcasts", "tickets",
	}
	namePlaces = []string{"prod", "eu", "stage", "dev"}
)

// madeUpName is the nth made-up name. No two are alike.
func madeUpName(n int) string {
	areas, parts, places := len(nameAreas), len(nameParts), len(namePlaces)
	area := n % areas
	part := n / areas % parts
	// Shifting the place keeps neighbours from all being "prod"; within an area
	// and a part it still takes each value once in every round.
	place := (n/(areas*parts) + n/areas) % places
	name := nameAreas[area] + "-" + nameParts[part] + "-" + namePlaces[place]
	if round := n / (areas * parts * places); round > 0 {
		name += "-" + strconv.Itoa(round+1)
	}
	return name
}

// ServiceName is the name of the service of rank i, from 0.
func (a Account) ServiceName(i int) string {
	if i < len(a.Names) {
		return a.Names[i]
	}
	name := madeUpName(i - len(a.Names))
	if slices.Contains(a.Names, name) {
		name += "-x"
	}
	return name
}

const idAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// ServiceID is the id of the service of rank i: 22 characters, as Fastly's are.
func (a Account) ServiceID(i int) string {
	var id [22]byte
	state := chance(a.Seed, saltID, uint64(i))
	for place := range id {
		if place == len(id)/2 {
			state = chance(a.Seed, saltID, uint64(i), 1)
		}
		id[place] = idAlphabet[state%uint64(len(idAlphabet))]
		state /= uint64(len(idAlphabet))
	}
	return string(id[:])
}

// tilt is how far a service leans towards bytes rather than requests, in
// hundredths: a media host moves bytes, an API answers questions.
func tilt(name string) (bytes, requests uint64) {
	for _, part := range []string{"media", "video", "downloads", "images", "podcasts"} {
		if strings.Contains(name, part) {
			return 160, 60
		}
	}
	for _, part := range []string{"api", "auth", "events", "sync"} {
		if strings.Contains(name, part) {
			return 35, 170
		}
	}
	return 100, 100
}
