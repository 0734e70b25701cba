# Kafka's jars (broker, tools, MirrorMaker, Streams) from Maven, and the Java runtime that runs them.
# java.desktop: log4j2 needs java.beans. log4j-slf4j2-impl or -impl: without it there is no log at all.
mkdir -p "$OUT"
cat > "$WORK/pom.xml" <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>iotef</groupId><artifactId>kafka-dist</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$KAFKA</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>$KAFKA</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.4</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B -f "$WORK/pom.xml" dependency:copy-dependencies -DoutputDirectory="$OUT/libs"
java_home=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
"$java_home/bin/jlink" --strip-debug --no-man-pages --no-header-files --compress=1 --output "$OUT/jre" --add-modules \
  java.base,java.desktop,java.instrument,java.logging,java.management,java.naming,java.net.http,java.scripting,java.security.jgss,java.security.sasl,java.sql,java.xml,jdk.crypto.ec,jdk.management,jdk.unsupported,jdk.zipfs,jdk.httpserver
"$OUT/jre/bin/java" -Xshare:dump >/dev/null
