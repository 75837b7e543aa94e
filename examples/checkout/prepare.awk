# Turns "article,price" lines below a heading into a JSON list.
NR > 1 { printf "%s{\"article\":\"%s\",\"price\":%s}", (NR > 2 ? ",\n " : "["), $1, $2; found = 1 }
END { print(found ? "]" : "[]") }
