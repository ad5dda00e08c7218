package org.zeuxis.models.unclip;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Sampling;
import org.zeuxis.models.Source;

/** A request with nothing left to the model, or refused. */
record Filling(UnClip model, ImageRequest request) {
    private static final String DECODER = "decoder";
    private static final String DDIM = "ddim";

    /**
     * @param words whether there are words alone to draw from
     * @throws IllegalArgumentException if the model cannot do what is asked, saying what it can
     */
    ImageRequest filled(boolean words) {
        expectStages();
        int size = size();
        Source source = request.source();
        boolean masked = source != null && source.mask() != null;
        if (source != null && masked) expectEditable(source);
        Sampling decoder = request.sampling(DECODER).or(request.sampling());
        boolean inverted = source != null && source.strength() < 1;
        boolean ddim = decoder.sampler().isEmpty() || decoder.sampler().equals(DDIM);
        if (inverted && (!ddim || decoder.guidance().orElse(1) != 1)) {
            throw new IllegalArgumentException("expected neither sampler nor guidance where a picture is kept in part,"
                    + " as DDIM goes back to its noise by the model alone, got one; leave it out");
        }
        Decoding decoding = model.decoding();
        Sampling own = inverted ? decoding.own().withGuidance(1).withSampler(DDIM) : decoding.own();
        ImageRequest full = request.with(DECODER, Sampling.OWN)
                .with(UnClip.PRIOR, prior(words, masked))
                .with(decoder.or(own))
                .withSize(size, size)
                .withCount(1);
        return upsampled(full, decoding.network().config().size(), size);
    }

    private static void expectEditable(Source source) {
        KnownPart.expectSquare(source.image());
        if (source.strength() == 1) return;
        throw new IllegalArgumentException("expected a strength of 1 beside a mask, as what is not masked is kept"
                + " whole, got " + source.strength());
    }

    /** The same where pictures are enlarged and nothing else: the main stage is each upsampler. */
    ImageRequest enlarging(int size) {
        request.expectNoneOfLatentDiffusion();
        request.expectStages(upsamplers().toArray(String[]::new));
        ImageRequest each = request.with(Sampling.OWN).withCount(1);
        for (String stage : upsamplers())
            each = each.with(stage, request.sampling(stage).or(request.sampling()));
        return new Filling(model, each).upsampled(each, 0, size);
    }

    private void expectStages() {
        request.expectNoneOfLatentDiffusion();
        List<String> stages = new ArrayList<>(List.of(UnClip.PRIOR, DECODER));
        stages.addAll(upsamplers());
        request.expectStages(stages.toArray(String[]::new));
    }

    private List<String> upsamplers() {
        return model.upsamplings().stream()
                .map(upsampling -> UnClip.UPSAMPLER + upsampling.size())
                .toList();
    }

    /** Of a picture without a mask its own embedding is drawn, and no prior is asked. */
    private Sampling prior(boolean words, boolean masked) {
        Sampling asked = request.sampling(UnClip.PRIOR);
        if (!words && !masked) {
            if (asked.equals(Sampling.OWN)) return asked;
            throw new IllegalArgumentException("expected no sampling of the prior where a picture gives the embedding,"
                    + " got some; leave it out");
        }
        boolean glide = asked.sampler().equals(UnClip.GLIDE)
                || masked && asked.sampler().isEmpty();
        if (!glide) return asked.or(model.prior(asked.sampler()).own());
        asked.expectNoSteps("the decoder is told the words alone");
        if (asked.guidance().isPresent()) {
            throw new IllegalArgumentException("expected no guidance of the prior where the decoder is told the words"
                    + " alone, got " + asked.guidance().getAsDouble() + "; leave it out");
        }
        return asked.withSampler(UnClip.GLIDE);
    }

    private ImageRequest upsampled(ImageRequest full, int drawn, int size) {
        ImageRequest all = full;
        int from = drawn;
        for (Upsampling upsampling : model.upsamplings()) {
            String stage = UnClip.UPSAMPLER + upsampling.size();
            all = from < size
                    ? all.with(stage, request.sampling(stage).or(upsampling.own()))
                    : all.with(stage, Sampling.OWN);
            from = upsampling.size();
        }
        return all;
    }

    private int size() {
        TreeMap<Integer, Integer> sizes = new TreeMap<>();
        int drawn = model.decoding().network().config().size();
        sizes.put(drawn, drawn);
        for (Upsampling upsampling : model.upsamplings()) sizes.put(upsampling.size(), upsampling.size());
        int width = request.width() == 0 ? request.height() : request.width();
        int height = request.height() == 0 ? width : request.height();
        if (width == 0) return sizes.lastKey();
        if (width == height && sizes.containsKey(width)) return width;
        int larger = Math.max(width, height);
        Integer nearest = sizes.ceilingKey(larger);
        if (nearest == null) nearest = sizes.lastKey();
        throw new IllegalArgumentException("expected a size of " + sizes.keySet() + " pixels on both sides, got "
                + width + "x" + height + "; nearest: " + nearest + "x" + nearest);
    }
}
