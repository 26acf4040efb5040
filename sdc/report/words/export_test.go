package words

import (
	"maps"
	"slices"
)

// IDs lists the IDs of all facts.
func IDs() []ID { return slices.Sorted(maps.Keys(parameters)) }

// Catalogue returns the sentences of a language.
func Catalogue(l Language) map[ID]string { return catalogueOf(l).sentences }
