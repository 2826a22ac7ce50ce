import{J as o,L as t}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function e(){return o(t,{title:"Dashboard",children:"\u2026"})}export{e as default};
