package sdc

// Manifest says what a report was made with: the same tool, on the same inputs
// and the sources that the report names, writes the same bytes. Threads, memory
// and the order of rows do not change a report, and are not in it.
type Manifest struct {
	Tool Tool `json:"tool"`
	// Inputs are the files beside the data that decide what the report says: the
	// spec and the files that it names, the policy, the dossier and its records.
	Inputs []Source `json:"inputs"`
}

// Tool is a build of a program.
type Tool struct {
	Name string `json:"name"`
	// Version is that of the module, Revision the commit it was built from, where
	// the build knows them.
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	// Modified says that the files were not those of the commit: nobody else can
	// make this build.
	Modified bool `json:"modified,omitempty"`
	// Go is the version of the compiler.
	Go string `json:"go"`
}
