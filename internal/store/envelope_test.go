package store

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestEnvelopesAreTakenInHandOnce(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		after time.Duration
		keys  []string
		want  bool
	}{
		{"the same envelope again", 0, []string{"envelope:1", "trigger:1"}, false},
		{"a redelivery in another envelope, by its trigger", time.Minute, []string{"envelope:2", "trigger:1"}, false},
		{"another one", 0, []string{"envelope:3", "trigger:3"}, true},
		{"the same one when its life is over", envelopeLife, []string{"envelope:1", "trigger:1"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, url string) {
				envelopes, _ := openAt(t, url).Envelopes()
				if fresh := must(envelopes.Claim(t.Context(), noon, []string{"envelope:1", "trigger:1"}))(t); !fresh {
					t.Fatal("the first claim was refused")
				}
				if got := must(envelopes.Claim(t.Context(), noon.Add(tt.after), tt.keys))(t); got != tt.want {
					t.Errorf("claim of %v = %t, want %t", tt.keys, got, tt.want)
				}
			})
		})
	}
}

func TestARefusedClaimTakesNothing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		envelopes, _ := openAt(t, url).Envelopes()
		must(envelopes.Claim(t.Context(), noon, []string{"b"}))(t)
		if must(envelopes.Claim(t.Context(), noon, []string{"a", "b"}))(t) {
			t.Fatal("a claim with a taken key was granted")
		}
		if !must(envelopes.Claim(t.Context(), noon, []string{"a"}))(t) {
			t.Error("a is taken, although its claim was refused")
		}
		if err := envelopes.Forget(t.Context(), []string{"a", "b"}); err != nil {
			t.Fatal(err)
		}
		if !must(envelopes.Claim(t.Context(), noon, []string{"a", "b"}))(t) {
			t.Error("forgotten keys are still taken")
		}
	})
}

func TestOneOfManyReplicasTakesAnEnvelope(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		stores := openReplicas(t, url)
		var taken atomic.Int64
		var all sync.WaitGroup
		for i := range 12 {
			all.Go(func() {
				envelopes, _ := stores[i%len(stores)].Envelopes()
				keys := []string{"envelope:1", "trigger:1"}
				if i%2 == 1 {
					keys = []string{"trigger:1", "envelope:1"}
				}
				fresh, err := envelopes.Claim(t.Context(), noon, keys)
				if err != nil {
					t.Error(err)
				}
				if fresh {
					taken.Add(1)
				}
			})
		}
		all.Wait()
		if taken.Load() != 1 {
			t.Errorf("%d replicas took it, want 1", taken.Load())
		}
	})
}
