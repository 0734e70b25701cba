# Jars that only the bench runs, beside Kafka's own: MirrorMaker 2 and Kafka Streams.
mkdir -p "$OUT"
cat > "$WORK/pom.xml" <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>iotef</groupId><artifactId>kafka-peers</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>connect-mirror</artifactId><version>$KAFKA</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-streams</artifactId><version>$KAFKA</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B -f "$WORK/pom.xml" dependency:copy-dependencies -DoutputDirectory="$OUT/libs"
