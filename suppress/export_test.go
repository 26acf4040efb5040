package suppress

// MayNotReckon lists the facts that Publication.NotChecked may have.
var MayNotReckon = mayNotReckon
