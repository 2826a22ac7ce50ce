import{J as t,L as e}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function a(){return t(e,{title:"Rate",children:"\u2026"})}export{a as default};
