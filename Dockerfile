# docker build -t zeuxis .
# docker run --rm -v "$PWD:/pictures" zeuxis imagine "a red apple"
# docker run --rm -p 7410:7410 -v "$PWD/tokens:/tokens:ro" zeuxis serve --host 0.0.0.0 --token-file /tokens
FROM maven:3.9-eclipse-temurin-21 AS build
WORKDIR /source
COPY . .
# as ./zeuxis builds
RUN mvn -q -B -Dmaven.test.skip=true -pl core,pictograms,pictograms-unclip,pictograms-imagen,pictograms-flamingo,app package dependency:copy-dependencies \
        -DincludeScope=runtime -DoutputDirectory=/zeuxis -DexcludeGroupIds=org.zeuxis \
    && cp core/target/zeuxis*.jar pictograms/target/zeuxis*.jar pictograms-unclip/target/zeuxis*.jar pictograms-imagen/target/zeuxis*.jar pictograms-flamingo/target/zeuxis*.jar app/target/zeuxis*.jar /zeuxis/

FROM eclipse-temurin:21-jre
COPY --from=build /zeuxis /zeuxis
# what ./zeuxis sets: memory of large tensors is kept, idle threads do not spin, prompts are UTF-8
ENV GLIBC_TUNABLES=glibc.malloc.hugetlb=1 \
    MALLOC_ARENA_MAX=1 \
    MALLOC_MMAP_MAX_=0 \
    MALLOC_TRIM_THRESHOLD_=10737418240 \
    OMP_WAIT_POLICY=passive \
    OPENBLAS_THREAD_TIMEOUT=10 \
    LC_ALL=C.UTF-8 \
    ZEUXIS_CACHE=/var/cache/zeuxis
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0", "-cp", "/zeuxis/*", "org.zeuxis.app.Zeuxis"]
# unpacks the native libraries and the weights that ship, once for all containers
RUN java -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 -cp '/zeuxis/*' org.zeuxis.app.Zeuxis imagine "a red apple" --steps 1 -o /tmp/apple.png \
    && rm /tmp/apple.png && mkdir /pictures && chmod 777 /pictures
WORKDIR /pictures
USER 10001
