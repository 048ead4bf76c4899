#!/bin/sh
# mosquitto_pub and mosquitto_sub as one program for the suite: HOST PORT CASE TOPIC PAYLOAD QOS RETAIN
case "$3" in
  publish)
    if [ "$7" = 1 ]; then set -- "$@" -r; fi
    host=$1 port=$2 topic=$4 payload=$5 qos=$6
    shift 7
    exec mosquitto_pub -V 5 -h "$host" -p "$port" -t "$topic" -m "$payload" -q "$qos" "$@"
    ;;
  subscribe) exec mosquitto_sub -v -V 5 -h "$1" -p "$2" -t "$4" -q "$6" ;;
  *)
    echo "mosquitto_pub and mosquitto_sub cannot $3" >&2
    exit 2
    ;;
esac
