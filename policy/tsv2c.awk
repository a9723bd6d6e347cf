# SPDX-License-Identifier: Apache-2.0
# tsv2c.awk -- the tables of names as C (build tool; awk -v what=names|secrets|trusted).
BEGIN {
	FS = "\t"
	print "/* made from a .tsv file by policy/tsv2c.awk: edit that */"
	print "#include \"policy/" (what == "trusted" ? "trusted" : "protect") ".h\""
	if (what == "trusted")
		print "const struct trusted_pattern trusted_patterns[] = {"
	else if (what == "names")
		print "const struct protect_name protect_names[] = {"
	else
		print "const struct secret_path secret_paths[] = {"
}
/^#/ || NF == 0 { next }
what == "names" && NF == 5 && ($3 == "on" || $3 == "off") && ($4 == "dir" || $4 == "file") {
	printf "\t{ \"%s\", \"%s\", %s, %s, \"%s\" },\n", $1, $2, $3 == "on" ? "true" : "false", $4 == "dir" ? "true" : "false", $5
	n++
	next
}
what != "names" && NF == 2 {
	printf "\t{ \"%s\", \"%s\" },\n", $1, $2
	n++
	next
}
{ printf "%s:%d: wrong number of columns\n", FILENAME, FNR > "/dev/stderr"; bad = 1 }
END {
	print "};"
	printf "const size_t %s_n = %d;\n", what == "names" ? "protect_names" : what == "trusted" ? "trusted_patterns" : "secret_paths", n
	exit bad
}
