module cali/images/pause

go 1.26.0
