import{R as t,a as e}from"./chunk-ZOEILQPV.js";import"./chunk-2WTMYVGC.js";function f(){return e(t,{title:"Api keys",children:"\u2026"})}export{f as default};
