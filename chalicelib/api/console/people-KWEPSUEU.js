import{R as o,a as e}from"./chunk-ZOEILQPV.js";import"./chunk-2WTMYVGC.js";function f(){return e(o,{title:"People",children:"\u2026"})}export{f as default};
