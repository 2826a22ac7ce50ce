import{R as t,a as e}from"./chunk-ZOEILQPV.js";import"./chunk-2WTMYVGC.js";function n(){return e(t,{title:"Signed in",children:"\u2026"})}export{n as default};
