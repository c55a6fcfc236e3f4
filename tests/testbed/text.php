<?php
// text.php: made-up words, titles and post bodies in six languages, drawn with mt_rand() alone.

function pick( array $a ) { return $a[ mt_rand( 0, count( $a ) - 1 ) ]; }
function chance( $percent ) { return mt_rand( 1, 1000 ) <= $percent * 10; }

$words = array(
    'en' => array( 'the', 'the', 'the', 'of', 'of', 'and', 'and', 'a', 'a', 'to', 'to', 'in', 'in', 'for', 'with', 'on', 'as', 'by', 'from', 'that', 'was', 'is', 'are', 'has', 'it', 'its', 'their', 'this', 'which', 'more', 'after', 'before', 'about', 'between', "don't", "city's" ),
    'de' => explode( ' ', 'der die das und ist nicht über für Straße Bürger Größe später früher zwischen Häuser Entscheidung Verkehr Zukunft Gemeinde Wirtschaft möglich natürlich schließlich außerdem Ergebnis Bericht Stadt Rathaus öffnen wählen Fluss Brücke Gespräch heute morgen gestern Zeitung Universität Küche Garten Frühling Übung ähnlich Geschäft' ),
    'ar' => explode( ' ', 'المدينة الحكومة اليوم الجديد العالم مشروع تقرير السوق الماء الطريق الناس التعليم الصحة القديم كبير صغير خلال بعد قبل بين على إلى من في هذا هذه الذي التي كان يكون البيت الكتاب الجامعة الصناعة التجارة البحر الجبل النهر القرية' ),
    'he' => explode( ' ', 'העיר הממשלה היום חדש העולם פרויקט דוח השוק המים הדרך אנשים חינוך בריאות ישן גדול קטן במהלך אחרי לפני בין על אל מן בתוך זה זאת אשר היה יהיה בית ספר אוניברסיטה תעשייה מסחר הים ההר הנהר הכפר' ),
    'zh' => preg_split( '//u', '的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严', -1, PREG_SPLIT_NO_EMPTY ),
);
foreach ( explode( ' ', 'account act age agency air animal answer archive area art author bank base basin bay beach bell bicycle bird board boat body book border bridge budget building bus cable camera canal car castle cause center chain chapter child choir church circle city class climate coast college color company concert copper corner cost council country court crop cup dance data daughter day debate deck design desert dinner doctor door draft dream driver dust earth east edge editor energy engine entry event exam exhibit factory family farm father ferry festival field film fire fish flight floor flower forest form frame friend front fruit fund garden gate glass gold grain grass ground group guard guide hall hand harbor harvest head heart height hill history home horse hospital hotel hour house ice idea image industry iron island issue job journal judge kitchen lab lake lamp land language law leader leaf lecture letter level library light line lock machine map market mayor meal measure meeting member metal mile mill minister minute mirror model moment month morning mother motor mountain museum music nature night north note novel number object ocean office oil opera orchard order owner page paint paper park part path patient pattern people phone piano picture pilot place plan plant plate play poem point police pool port power prize process product program project public quarter question radio rail rain reader record region report result river road rock roof room route sail salt sample sand scale school science sea season seat series shade ship shop signal silver singer sister site snow soil song south space spring stage star state station stone storm story street student summer sun surface survey system table tailor teacher team theater thread ticket timber title tower town trade traffic train tree tunnel union valley value vessel village visitor voice wall water wave weather week west wheel wind window winter wood worker writer yard year' ) as $w ) {
    array_push( $words['en'], $w, $w, $w . 's', $w . 'ing', "re$w", $w . 'al' );
}
$emoji = array( '😀', '🚲', '🎉', '👩‍💻', '🇩🇪', '👍🏽', '❤️', '🏳️‍🌈' );

function phrase( $lang, $n ) {
    global $words;
    $w = $words[ $lang ];
    $top = count( $w ) - 1;
    $out = array();
    while ( $n-- > 0 ) { $out[] = $w[ mt_rand( 0, $top ) ]; }
    return implode( 'zh' === $lang ? '' : ' ', $out );
}
function sentence( $lang, $markup = true ) {
    $s = phrase( $lang, mt_rand( 5, 14 ) );
    if ( 'zh' === $lang ) { return $s . '，' . phrase( $lang, mt_rand( 5, 12 ) ) . '。'; }
    if ( chance( 60 ) ) { $s .= ( 'ar' === $lang ? '، ' : ', ' ) . phrase( $lang, mt_rand( 3, 9 ) ); }
    $s = mb_strtoupper( mb_substr( $s, 0, 1 ) ) . mb_substr( $s, 1 );
    if ( $markup && chance( 22 ) ) {
        $x  = phrase( $lang, mt_rand( 1, 4 ) );
        $s .= ' ' . pick( array(
            "<strong>$x</strong>", "<em>$x</em>", "<code>$x</code>", "\"$x\"", "'$x'", "-- $x --", "$x...", '$' . mt_rand( 2, 900 ) . ',50', mt_rand( 2, 90 ) . '%',
            "<a href=\"https://example.org/" . mt_rand( 1, 9999 ) . "?a=1&amp;b=2\" target=\"_blank\" rel=\"noopener\">$x</a>",
            "R&amp;D&nbsp;$x", "&lt;$x&gt;", "caf&eacute; $x", "$x&#8217;s", "$x " . pick( $GLOBALS['emoji'] ), "$x<sup>2</sup>", "<span style=\"color:#c00\">$x</span>", "$x<br />" . phrase( $lang, 3 ),
        ) );
    }
    return $s . ( chance( 8 ) ? ( 'ar' === $lang ? '؟' : '?' ) : '.' );
}
function sentences( $lang, $n, $markup = true ) {
    $out = array();
    while ( $n-- > 0 ) { $out[] = sentence( $lang, $markup ); }
    return implode( 'zh' === $lang ? '' : ' ', $out );
}
function title( $lang ) {
    $t = phrase( $lang, mt_rand( 3, 9 ) );
    $t = mb_strtoupper( mb_substr( $t, 0, 1 ) ) . mb_substr( $t, 1 );
    return chance( 10 ) ? $t . pick( array( ' &amp; more', ': "the" answer', ' – part ' . mt_rand( 1, 9 ), '?', '!', " isn't", ' 🎉' ) ) : $t;
}
function slug( $text, $id ) {
    $s = trim( preg_replace( '/[^a-z0-9]+/', '-', strtolower( $text ) ), '-' );
    return ( strlen( $s ) > 5 ? substr( $s, 0, 60 ) : 'post' ) . "-$id";
}

// A post body: block editor markup, or (classic) bare paragraphs that WordPress wraps itself.
function body( $lang, $title, $classic = false, $n = null ) {
    global $media;
    $n     = $n ?? 1 + (int) ( 13 * ( mt_rand() / mt_getrandmax() ) ** 1.6 );
    $block = fn( $type, $html, $attrs = '' ) => $classic ? $html : "<!-- wp:$type" . ( $attrs ? " $attrs" : '' ) . " -->\n$html\n<!-- /wp:$type -->";
    $p     = function ( $html ) use ( $classic, $block, $lang ) {
        $dir = 'ar' === $lang || 'he' === $lang ? ' dir="rtl"' : '';
        return $classic && ! $dir ? $html : $block( 'paragraph', "<p$dir>$html</p>" );
    };
    $list = function ( $tag ) use ( $lang ) {
        $items = '';
        for ( $i = mt_rand( 2, 6 ); $i > 0; $i-- ) {
            $sub    = chance( 12 ) ? '<ul><li>' . phrase( $lang, 3 ) . '</li><li>' . phrase( $lang, 4 ) . '</li></ul>' : '';
            $items .= '<li>' . phrase( $lang, mt_rand( 2, 9 ) ) . "$sub</li>";
        }
        return "<$tag>$items</$tag>";
    };
    $out = array( $p( sentences( $lang, mt_rand( 2, 5 ) ) ) );
    while ( --$n > 0 ) {
        $x = mt_rand( 1, 1000 );
        if ( $x <= 640 ) { $out[] = $p( sentences( $lang, mt_rand( 1, 8 ) ) ); }
        elseif ( $x <= 730 ) { $h = mt_rand( 2, 4 ); $out[] = $block( 'heading', "<h$h class=\"wp-block-heading\" id=\"s$x\">" . phrase( $lang, mt_rand( 2, 7 ) ) . "</h$h>", "{\"level\":$h}" ); }
        elseif ( $x <= 790 ) { $out[] = $block( 'list', $list( 'ul' ) ); }
        elseif ( $x <= 815 ) { $out[] = $block( 'list', $list( 'ol' ), '{"ordered":true}' ); }
        elseif ( $x <= 845 ) {
            $rows = '';
            for ( $i = mt_rand( 2, 6 ); $i > 0; $i-- ) { $rows .= '<tr><td>' . phrase( $lang, 2 ) . '</td><td>' . mt_rand( 1, 9999 ) . '</td><td>' . ( chance( 10 ) ? '' : phrase( $lang, 3 ) ) . '</td></tr>'; }
            $out[] = $block( 'table', '<figure class="wp-block-table"><table><thead><tr><th>' . phrase( $lang, 1 ) . "</th><th>No.</th><th>Note</th></tr></thead><tbody>$rows</tbody></table><figcaption>" . phrase( $lang, 4 ) . '</figcaption></figure>' );
        }
        elseif ( $x <= 880 ) { $out[] = $block( 'quote', '<blockquote class="wp-block-quote"><p>' . sentence( $lang ) . '</p><cite>' . phrase( $lang, 2 ) . '</cite></blockquote>' ); }
        elseif ( $x <= 900 ) { $out[] = $block( 'code', "<pre class=\"wp-block-code\"><code>for (i = 0; i &lt; " . mt_rand( 2, 99 ) . "; i++) {\n    print(\"" . phrase( 'en', 2 ) . " &amp; \" + i);\n}</code></pre>" ); }
        elseif ( $x <= 965 ) {
            $m   = pick( $media );
            $src = home_url( "/wp-content/uploads/{$m['file']}" );
            $t   = preg_replace( '/\.(\w+)$/', '-300x200.$1', $src );
            $img = chance( 50 )
                ? "<img loading=\"lazy\" decoding=\"async\" src=\"$src\" srcset=\"$t 300w, $src 1200w\" sizes=\"(max-width: 300px) 100vw, 300px\" alt=\"" . phrase( $lang, 3 ) . "\" class=\"wp-image-{$m['id']}\" width=\"1200\" height=\"800\"/>"
                : "<img src=\"data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==\" data-src=\"$src\" data-srcset=\"$t 300w\" alt=\"\" class=\"lazyload wp-image-{$m['id']}\"/><noscript><img src=\"$src\" alt=\"\"/></noscript>";
            $out[] = $block( 'image', "<figure class=\"wp-block-image size-large\">$img<figcaption>" . phrase( $lang, 5 ) . '</figcaption></figure>', "{\"id\":{$m['id']},\"sizeSlug\":\"large\"}" );
        }
        elseif ( $x <= 980 ) { $out[] = $block( 'html', '<figure class="wp-block-embed is-type-video"><div class="wp-block-embed__wrapper"><iframe title="' . phrase( 'en', 3 ) . '" width="500" height="281" src="https://www.youtube.com/embed/' . substr( md5( mt_rand() ), 0, 11 ) . '?feature=oembed" frameborder="0" allowfullscreen></iframe></div></figure>' ); }
        else { $out[] = $block( 'html', pick( array(
            '<script type="text/javascript">(function(){var ad = "<div>' . phrase( 'en', 2 ) . '</div>"; if (1 < 2 && ad) { document.write(ad); }})();</script>',
            '<style>.box-' . mt_rand( 1, 99 ) . ' > p { color: red; content: "' . phrase( 'en', 2 ) . '"; }</style>',
            '<script type="application/ld+json">{"@context":"https://schema.org","@type":"Article","headline":"' . phrase( 'en', 4 ) . '"}</script>',
        ) ) ); }
    }
    if ( chance( 25 ) ) { $out[] = $block( 'html', '<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">Share this:</h3><ul><li class="share-twitter"><a href="https://twitter.com/share?x=1" rel="nofollow">Click to share on Twitter (Opens in new window)</a></li><li class="share-facebook"><a href="https://facebook.com/sharer.php" rel="nofollow">Facebook</a></li></ul></div>' ); }
    if ( chance( 8 ) ) { $out[] = $block( 'html', '<div class="jp-relatedposts"><h3 class="jp-relatedposts-headline"><em>Related</em></h3><p><a href="' . home_url( '/?p=' . mt_rand( 1, 999 ) ) . '">' . phrase( 'en', 4 ) . '</a></p></div>' ); }
    if ( chance( 20 ) ) { $out[] = $p( "The post <a rel=\"nofollow\" href=\"" . home_url( '/' . slug( $title, 0 ) . '/' ) . "\">$title</a> appeared first on <a rel=\"nofollow\" href=\"" . home_url( '/' ) . '">Testbed Gazette</a>.' ); }
    return implode( "\n\n", $out );
}
