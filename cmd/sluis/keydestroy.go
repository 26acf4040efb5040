package main

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/sluis-go/sluis/internal/staging"
	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc/source"
)

// destroyKey destroys a key after the record of the destruction has its room on the disk.
func destroyKey(w io.Writer, k pseudonym.Key, path string, signer ed25519.PrivateKey, record string, identities ...age.Identity) error {
	if err := noRecord(record); err != nil {
		return err
	}
	tool := "sluis " + thisTool().Version
	intent, err := pseudonym.IntendDestruction(k, path, signer, time.Now(), tool, identities...)
	if err != nil {
		return err
	}
	place, err := reserve(record, intent)
	if err != nil {
		return fmt.Errorf("the key is not destroyed: %w", err)
	}
	defer place.drop()
	r, err := pseudonym.Destroy(k, path, signer, time.Now(), tool, identities...)
	if err != nil {
		if is, bad := pseudonym.LoadKey(path, identities...); bad == nil && is.Equal(k) {
			is.Destroy()
			return errors.Join(fmt.Errorf("the key is not destroyed: %w", err), os.Remove(place.path))
		}
		return fmt.Errorf("%s says that the key is to be destroyed, which failed: %w", record, err)
	}
	err = staging.SyncDir(filepath.Dir(path))
	if err == nil {
		err = place.write(r)
	}
	if err != nil {
		return fmt.Errorf("the key is destroyed, and %s says only that it was to be: %w", record, err)
	}
	_, err = fmt.Fprintf(w, "key %s is destroyed: %s\n", r.KeyID, record)
	return err
}

// noRecord refuses to write over the record of another destruction. A statement of one
// that failed may go.
func noRecord(path string) error {
	text, err := readSmall(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var is struct {
		Schema string `json:"schema"`
	}
	if len(text) == 0 || json.Unmarshal(text, &is) == nil && is.Schema == pseudonym.IntentSchema {
		return nil
	}
	return usageError(fmt.Errorf("%s is there already, and is left alone", path))
}

// reserved is room on the disk for a record, beside the statement that it will replace.
type reserved struct {
	path  string // of the statement, without links
	stage *staging.Folder
	file  *os.File
}

// reserve writes the statement to the file of the record, and again, as long as the
// record or longer, to a file that waits. Both are on the disk when it returns.
func reserve(record string, intent *pseudonym.DestructionRecord) (*reserved, error) {
	text, err := recordText(intent)
	if err != nil {
		return nil, err
	}
	err = source.WriteFile(record, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	if err != nil {
		return nil, err
	}
	r := &reserved{}
	if r.path, err = filepath.EvalSymlinks(record); err != nil {
		return nil, err
	}
	if r.stage, err = staging.New(filepath.Dir(r.path)); err != nil {
		return nil, err
	}
	r.file, err = os.OpenFile(r.stage.Path("record"), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		if _, err = r.file.Write(text); err == nil {
			err = r.file.Sync()
		}
	}
	if err != nil {
		r.drop()
		return nil, err
	}
	return r, nil
}

// write puts the record in the place of the statement.
func (r *reserved) write(record *pseudonym.DestructionRecord) error {
	text, err := recordText(record)
	if err != nil {
		return err
	}
	_, err = r.file.WriteAt(text, 0) // over the old bytes: this needs no more room
	if err == nil {
		err = r.file.Truncate(int64(len(text)))
	}
	if err == nil {
		err = r.file.Sync()
	}
	if err == nil {
		err = os.Rename(r.file.Name(), r.path)
	}
	if err != nil {
		return err
	}
	return staging.SyncDir(filepath.Dir(r.path))
}

func (r *reserved) drop() {
	if r.file != nil {
		r.file.Close() //nolint:errcheck // it was synced, or is dropped
	}
	r.stage.Drop() //nolint:errcheck // the next run removes a rest
}

func recordText(r *pseudonym.DestructionRecord) ([]byte, error) {
	text, err := json.MarshalIndent(r, "", " ")
	return append(text, '\n'), err
}
