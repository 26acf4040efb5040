// Package origin says where a report comes from: the tool and the files, each with a hash.
// Its types are plain data, as the JSON report has them.
package origin

// Manifest lists the tool and the inputs that made a report. The same tool writes the
// same bytes from the same inputs and the sources that the report names. Threads, memory
// and the order of rows do not change a report, and are not in the manifest.
type Manifest struct {
	Tool Tool `json:"tool"`
	// Inputs are the files besides the data that the report depends on: the spec and the
	// files that the spec names, the policy, the dossier and its records.
	Inputs []Source `json:"inputs"`
}

// Tool is a build of a program.
type Tool struct {
	Name string `json:"name"`
	// Version is the version of the module, and Revision the commit that the tool was
	// built from, where the build knows them.
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	// Modified says that the files differed from the commit: the commit does not give
	// this build again.
	Modified bool `json:"modified,omitempty"`
	// Go is the version of the compiler.
	Go string `json:"go"`
}

// Source names a file that the data came from.
type Source struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256,omitempty"`
}

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
