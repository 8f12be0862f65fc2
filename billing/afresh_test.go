package billing

import (
	"errors"
	"testing"
	"time"
)

func TestWhatIsReadAfreshIsHeldForEverybody(t *testing.T) {
	cached(t, CacheConfig{}, func(t *testing.T, source *fakeSource, cache *Cache) {
		month := open2000.String()
		read(t, cache, One(open2000))
		after(time.Minute)
		if _, err := cache.Afresh().Usage(t.Context(), One(open2000)); err != nil {
			t.Fatal(err)
		}
		source.checkReads(t, month, month)
		after(5*time.Minute - time.Second)
		if got := read(t, cache, One(open2000)).Fresh.ReadAt; !got.Equal(startTime.Add(time.Minute)) {
			t.Errorf("the answer was read at %s, want when it was read afresh", got)
		}
		source.checkReads(t, month, month)

		source.err = errors.New("down")
		if _, err := cache.Afresh().Usage(t.Context(), One(open2000)); !errors.Is(err, source.err) {
			t.Errorf("error %v, want that of the source", err)
		}
		if len(read(t, cache, One(open2000)).Rows) == 0 {
			t.Error("a read that failed took away what was held")
		}
	})
}
