package a

# METADATA
# a: b
p := 1
