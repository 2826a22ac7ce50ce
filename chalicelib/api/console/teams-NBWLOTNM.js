import{J as e,L as t}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function a(){return e(t,{title:"Teams",children:"\u2026"})}export{a as default};
