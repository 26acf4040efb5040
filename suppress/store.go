package suppress

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/internal/manifest"
	"github.com/sluis-go/sluis/internal/staging"
)

// The folders of a publication: files that may leave, and files that must not.
const (
	ReleaseFolder      = "release"
	ConfidentialFolder = "confidential"
)

// The ends of the names of files.
const (
	csvName          = ".release.csv"
	certificateName  = ".certificate.json"
	roundingName     = ".rounding.json"
	reportName       = ".confidential.txt"
	confidentialName = ".confidential.json"
	pageName         = ".html"
)

// fileStore keeps the files of a publication until all of them are there and verified.
type fileStore interface {
	// create writes a file of one of the two folders.
	create(folder, name string, write func(io.Writer) error) error
	// files returns one of the two folders.
	files(folder string) fs.FS
	// taken lists the files so far, as folder/name, in the order of their writing.
	taken() []string
}

// diskStore is a fileStore in a staging folder beside the place where the files will appear.
type diskStore struct {
	dst   string
	made  bool // dst was not there
	stage *staging.Folder
	names []string
	done  bool
}

// fitFolders refuses, before any computation, folders that may not be replaced. Without
// replace these are folders that are not empty. Folders with a file that sluis did not
// write are always refused. forms are the further suffixes of names of releases.
func fitFolders(dst string, replace bool, forms []string) error {
	for folder, ends := range map[string][]string{
		ReleaseFolder:      append([]string{csvName, certificateName, roundingName, pageName}, forms...),
		ConfidentialFolder: {reportName, confidentialName, pageName},
	} {
		dir := filepath.Join(dst, folder)
		entries, err := os.ReadDir(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if len(entries) > 0 && !replace {
			return fmt.Errorf("%w: %s is there already, and is left alone", ErrFolder, dir)
		}
		for _, e := range entries {
			own := e.Type().IsRegular() && (e.Name() == manifest.Name ||
				slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(e.Name(), end) }))
			if !own {
				return fmt.Errorf("%w: %s holds %q, which protect did not write: nothing is replaced", ErrFolder, dir, e.Name())
			}
		}
	}
	return nil
}

func newDisk(dst string) (*diskStore, error) {
	_, err := os.Stat(dst)
	d := &diskStore{dst: dst, made: errors.Is(err, fs.ErrNotExist)}
	if err := os.MkdirAll(dst, 0o700); err != nil {
		return nil, err
	}
	if d.stage, err = staging.New(dst); err != nil {
		d.drop()
		return nil, err
	}
	if err := errors.Join(os.Mkdir(d.stage.Path(ReleaseFolder), 0o700), os.Mkdir(d.stage.Path(ConfidentialFolder), 0o700)); err != nil {
		d.drop()
		return nil, err
	}
	return d, nil
}

func (d *diskStore) files(folder string) fs.FS { return files.FS(d.stage.Path(folder)) }

func (d *diskStore) taken() []string { return d.names }

func (d *diskStore) create(folder, name string, write func(io.Writer) error) error {
	d.names = append(d.names, path.Join(folder, name))
	f, err := os.OpenFile(filepath.Join(d.stage.Path(folder), name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(f, 1<<16)
	err = write(b)
	if err == nil {
		err = b.Flush()
	}
	return errors.Join(err, f.Close()) // the commit syncs the files
}

// commit moves both folders to their final places, the release first.
func (d *diskStore) commit(ctx context.Context, replace bool) error {
	err := d.stage.Commit(ctx, []string{ReleaseFolder, ConfidentialFolder}, replace)
	if errors.Is(err, staging.ErrExists) {
		return fmt.Errorf("%w: %w, and is left alone", ErrFolder, err)
	}
	d.done = err == nil
	return err
}

// drop removes all files that were not committed.
func (d *diskStore) drop() {
	if d.done {
		return
	}
	if d.stage != nil {
		d.stage.Drop() //nolint:errcheck // a rest has no name of a release, and the next run removes it
	}
	if d.made {
		os.Remove(d.dst) //nolint:errcheck // it is not empty where another process writes there
	}
}

// memoryStore is a fileStore in memory.
type memoryStore struct {
	folders map[string]fstest.MapFS // the standard library's own file system in memory
	names   []string
}

func newMemory() *memoryStore {
	return &memoryStore{folders: map[string]fstest.MapFS{ReleaseFolder: {}, ConfidentialFolder: {}}}
}

func (m *memoryStore) files(folder string) fs.FS { return m.folders[folder] }

func (m *memoryStore) taken() []string { return m.names }

func (m *memoryStore) create(folder, name string, write func(io.Writer) error) error {
	if _, there := m.folders[folder][name]; there {
		return &fs.PathError{Op: "create", Path: path.Join(folder, name), Err: fs.ErrExist}
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	m.names = append(m.names, path.Join(folder, name))
	m.folders[folder][name] = &fstest.MapFile{Data: b.Bytes(), Mode: 0o400}
	return nil
}

// twin is a file system of releases with their confidential proofs beside them.
type twin struct{ release, confidential fs.FS }

// Open implements fs.FS.
func (t twin) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, confidentialName) {
		return t.confidential.Open(name)
	}
	return t.release.Open(name)
}
