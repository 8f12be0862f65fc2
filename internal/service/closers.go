package service

import (
	"errors"
	"fmt"
	"slices"
)

// Closers are what has been opened, so that it can be closed in reverse, whatever went wrong on the way.
type Closers struct {
	steps []closer
}

type closer struct {
	name  string
	close func() error
}

// Add registers a closing step as soon as the part is open.
func (c *Closers) Add(name string, close func() error) {
	c.steps = append(c.steps, closer{name, close})
}

// Close runs every step, the last one added first, and joins what they say. A second call does nothing.
func (c *Closers) Close() error {
	var errs []error
	for _, step := range slices.Backward(c.steps) {
		if err := step.close(); err != nil {
			errs = append(errs, fmt.Errorf("close %s: %w", step.name, err))
		}
	}
	c.steps = nil
	return errors.Join(errs...)
}
