package sdc

import (
	"fmt"

	"github.com/sluis-go/sluis/sdc/origin"
)

// longestAbout is the longest text of a field of About, in bytes.
const longestAbout = 1000

// validateAbout refuses a description of a request that is too long.
func validateAbout(a *origin.About) error {
	for _, x := range []struct{ name, text string }{{"title", a.Title}, {"project", a.Project}, {"requester", a.Requester}, {"date", a.Date}} {
		if len(x.text) > longestAbout {
			return fmt.Errorf("%w: about: %s has more than %d bytes", ErrRequest, x.name, longestAbout)
		}
	}
	return nil
}
