package suppress

// MayNotReckon lists the facts that Publication.NotChecked may have.
var MayNotReckon = mayNotReckon

// RelatedOf lists the relations between columns of some tables of a report.
var RelatedOf = related
