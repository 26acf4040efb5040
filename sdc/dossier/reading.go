package dossier

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/sluis-go/sluis/sdc"
)

// Reading lists the data that a check has read, as far as the report does not say so.
type Reading struct {
	// Columns are the columns that were read, and Unread the other columns of the files.
	Columns, Unread []string
	// Periods are the periods of the data, see [Dossier.Periods].
	Periods []Period
	// Access says for each file who can read it.
	Access []Access
}

// Period is one code of the column that the dossier names as its period.
type Period struct {
	Code              string
	Rows, Respondents int64
}

// Readers of a file, by the modes of the file and of the folders above it.
const (
	ByOwner  = "owner"
	ByOthers = "others"
	Unknown  = "unknown"
)

// Access says who can read a file.
type Access struct{ Name, By string }

// AccessOf says who can read a file, by the modes of the file and of every folder above
// it. It is ByOwner where, by the mode bits, only the owner can. Access lists are not
// looked at. It is Unknown where a mode cannot be read or has no meaning, as on Windows.
func AccessOf(path string) Access {
	a := Access{Name: filepath.Base(path), By: Unknown}
	real, err := filepath.EvalSymlinks(path)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil || runtime.GOOS == "windows" {
		return a
	}
	info, err := os.Stat(real)
	if err != nil {
		return a
	}
	group, others := info.Mode()&0o040 != 0, info.Mode()&0o004 != 0
	for dir := filepath.Dir(real); ; dir = filepath.Dir(dir) {
		if info, err = os.Stat(dir); err != nil {
			return a
		}
		// The group of a folder may differ from the group of the file.
		group, others = group && info.Mode()&fs.FileMode(0o011) != 0, others && info.Mode()&0o001 != 0
		if dir == filepath.Dir(dir) {
			break
		}
	}
	a.By = ByOwner
	if group || others {
		a.By = ByOthers
	}
	return a
}

// Periods counts the rows and respondents of each period of the data. A period is a code
// of the column that the dossier names, in the order of the codes. Rows without a period
// count as a period of their own. It returns nil where the dossier names no column. The
// data must have the column, and are read once.
func (d *Dossier) Periods(ctx context.Context, data *sdc.Data, opts sdc.Options) ([]Period, error) {
	if d.Period == "" {
		return nil, nil
	}
	data.Missing = map[string]sdc.Missing{d.Period: "category"}
	r, err := sdc.Check(ctx, data, []sdc.Output{{Name: "period", Kind: sdc.Frequency, By: []string{d.Period}}}, sdc.CBS(), opts)
	if err != nil {
		return nil, err
	}
	var out []Period
	for c := range r.Tables[0].Cells() {
		if code := c.Coordinates()[0]; !code.Total && c.Records() > 0 {
			out = append(out, Period{Code: code.Code, Rows: c.Records(), Respondents: c.Respondents()})
		}
	}
	return out, nil
}
