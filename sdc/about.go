package sdc

import "fmt"

// About names a request for output: its title, project, requester and date. The check
// does not use About; every report shows it, for the file of the decision.
type About struct {
	Title     string `json:"title,omitempty"`
	Project   string `json:"project,omitempty"`
	Requester string `json:"requester,omitempty"`
	// Date is the date of the request, as the requester writes it. A report never
	// takes a date from the clock: the same check gives the same bytes.
	Date string `json:"date,omitempty"`
}

// longestAbout is the longest text of a field of About, in bytes.
const longestAbout = 1000

func (a *About) validate() error {
	for _, x := range []struct{ name, text string }{{"title", a.Title}, {"project", a.Project}, {"requester", a.Requester}, {"date", a.Date}} {
		if len(x.text) > longestAbout {
			return fmt.Errorf("%w: about: %s has more than %d bytes", ErrRequest, x.name, longestAbout)
		}
	}
	return nil
}
